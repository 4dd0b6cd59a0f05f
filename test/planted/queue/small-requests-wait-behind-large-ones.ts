import type { Bug } from "../bug.ts";

export default {
  invariant: "Tasks of a small request have a queue of their own.",
  description: "The fan-out sends every task to the queue of large requests.",
  changes: [
    {
      file: "domain/plan/fan-out.ts",
      find: "messagesFor(deps, item, group)), item.lane)",
      replace: "messagesFor(deps, item, group)))",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/task/fan-out.test.ts"],
} satisfies Bug;
