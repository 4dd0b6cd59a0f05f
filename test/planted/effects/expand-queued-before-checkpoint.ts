import type { Bug } from "../bug.ts";

export default {
  invariant: "Expand writes its checkpoint before it queues its next run.",
  description:
    "The next run is queued first, so it may begin without the checkpoint, and a crash between the two loses what was read.",
  changes: [
    {
      file: "lambdas/expand/handler.ts",
      find: "await deps.checkpoints.write(reqId, checkpointOf(gathered, walk.state()));",
      replace: "await deps.expandFunction.invoke(reqId);",
    },
    {
      file: "lambdas/expand/handler.ts",
      find: "return deps.expandFunction.invoke(reqId);",
      replace: "return deps.checkpoints.write(reqId, checkpointOf(gathered, walk.state()));",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/expand/expand.test.ts"],
} satisfies Bug;
