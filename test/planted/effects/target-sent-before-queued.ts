import type { Bug } from "../bug.ts";

export default {
  invariant: "A target is marked SENT only after all its tasks are queued.",
  description: "The target is marked SENT first, so a crash before its tasks are queued loses them.",
  changes: [
    {
      file: "domain/plan/fan-out.ts",
      find: "await deps.queue.send(messagesFor",
      replace: "await markSent(deps, reqId, group.unsent);\n    await deps.queue.send(messagesFor",
    },
    {
      file: "domain/plan/fan-out.ts",
      find: "item.lane);\n    await markSent(deps, reqId, group.unsent);",
      replace: "item.lane);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/task/crashes.test.ts"],
} satisfies Bug;
