import type { Bug } from "../bug.ts";

export default {
  invariant: "Tasks of a small request have a queue of their own.",
  description: "The fan-out sends every task to the queue of large requests.",
  changes: [
    {
      file: "domain/plan/fan-out.ts",
      find: "messagesFor(deps, item, inOrder), item.lane)",
      replace: "messagesFor(deps, item, inOrder))",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/task/fan-out.test.ts"],
} satisfies Bug;
