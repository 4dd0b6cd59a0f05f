import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They take a minute and more. vitest begins with the largest files, and these are small: nothing is to wait for them alone at the end. */
const LONG = ["console", "surviving", "warmth", "faults", "stopping", "life-cycle"].map(
  (name) => `/e2e/${name}.test.ts`,
);

/** The order in which files are run, within their project. */
export class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((end) => moduleId.endsWith(end));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
