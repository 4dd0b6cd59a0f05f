import type { Bug } from "../bug.ts";

export default {
  invariant: "A request is settled by the exact count of its results, not by its counters.",
  description:
    "The settlement that was expected from the counters is carried out after the recount, whatever the recount found.",
  changes: [
    {
      file: "lambdas/shutdown/settle.ts",
      find: "const settlement = decide(count);",
      replace: "const settlement = expected as ReturnType<typeof decide>;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/settle.test.ts"],
} satisfies Bug;
