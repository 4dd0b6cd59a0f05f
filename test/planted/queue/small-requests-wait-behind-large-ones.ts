import type { Bug } from "../bug.ts";

export default {
  invariant: "Tasks of a small request have a queue of their own.",
  description: "The fan-out sends every task to the queue of large requests.",
  changes: [
    {
      file: "lambdas/task/fan-out.ts",
      find: "whileActive(deps, reqId, messages), item.lane)",
      replace: "whileActive(deps, reqId, messages))",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/task/fan-out.test.ts"],
} satisfies Bug;
