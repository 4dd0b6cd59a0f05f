import type { Bug } from "../bug.ts";

export default {
  invariant: "A request is closed only after its messages are gone from the queue.",
  description: "The request is closed first, so what a crash leaves in the queue is never dropped.",
  changes: [
    {
      file: "lambdas/shutdown/clean-up.ts",
      find: "if (!(await emptyQueue(deps, remainingMs))) return false;\n  await deps.requests.close(reqId);",
      replace: "await deps.requests.close(reqId);\n  if (!(await emptyQueue(deps, remainingMs))) return false;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/clean-up.test.ts"],
} satisfies Bug;
