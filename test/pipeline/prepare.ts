// vitest runs this once before the tests of the pipeline in one process: they run the published bundles.
import { buildPublished } from "../e2e/prepare.ts";

export { buildPublished as setup };
