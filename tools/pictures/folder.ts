import { join } from "node:path";
import { ROOT } from "../local/paths.ts";

/** Where the pictures of the documents are. Those of a page in Chinese have the same names below `zh/`. */
export const PICTURES = join(ROOT, "docs/pictures");

/** They are in every clone of the repository: none may be larger. */
export const MOST_BYTES = 250_000;
