import type { Bug } from "../bug.ts";

export default {
  invariant: "A recount that continues from a checkpoint knows which tasks succeeded in the run before.",
  description: "Which tasks succeeded is not restored, so a warm object is reported as cold.",
  changes: [
    {
      file: "domain/plan/task-bitmap.ts",
      find: "this.good = new Bitmap(good);",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/task-bitmap.test.ts"],
} satisfies Bug;
