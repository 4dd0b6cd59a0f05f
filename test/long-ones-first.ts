import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, longest first, as measured. vitest starts with the largest files, and these are small. */
const LONG = [
  ...["pipeline/equality", "requests/origin", "requests/leads", "requests/dry-run"],
  ...["e2e/warming", "e2e/command"],
  ...["rest/distributions", "rest/life-cycle", "rest/warmth", "rest/faults", "rest/control"],
  ...["rest/documented-commands", "rest/launching", "rest/getting-started"],
].map((name) => `/${name}.test.ts`);

/** Starts long files first, so that no file runs alone at the end of its project. */
export class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((end) => moduleId.endsWith(end));
      return found < 0 ? LONG.length : found;
    };
    // Array.prototype.sort is stable.
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
