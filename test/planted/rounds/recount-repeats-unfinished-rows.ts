import type { Bug } from "../bug.ts";

export default {
  invariant: "A recount that continues among the tasks without a result does not repeat the rows of the run before.",
  description: "The next run begins with the first task without a result again.",
  changes: [
    {
      file: "domain/readiness/recount.ts",
      find: "if (unfinished <= (before?.unfinished ?? 0)) continue;",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
