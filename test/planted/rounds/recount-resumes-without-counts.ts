import type { Bug } from "../bug.ts";

export default {
  invariant: "A recount that continues from a checkpoint counts the results of the run before.",
  description: "The counts of the run before are not restored, only which tasks have a result.",
  changes: [
    {
      file: "domain/plan/task-bitmap.ts",
      find: "Object.assign(this.sum, count);",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/task-bitmap.test.ts"],
} satisfies Bug;
