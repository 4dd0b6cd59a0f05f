import type { Bug } from "../bug.ts";

export default {
  invariant: "Expand writes its checkpoint before it queues its next run.",
  description:
    "The next run is queued first, so it may begin without the checkpoint, and a crash between the two loses what was read.",
  changes: [
    {
      file: "lambdas/expand/handler.ts",
      find: "await deps.lists.writeCheckpoint(EXPAND_CHECKPOINT, reqId, checkpointOf(found, walk.state()));",
      replace:
        "await deps.expandFunction.invoke(reqId);\n    await deps.lists.writeCheckpoint(EXPAND_CHECKPOINT, reqId, checkpointOf(found, walk.state()));",
    },
    {
      file: "lambdas/expand/handler.ts",
      find: 'if (end === "continue") return deps.expandFunction.invoke(reqId);',
      replace: 'if (end === "continue") return;',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/expand/expand.test.ts"],
} satisfies Bug;
