import type { Bug } from "../bug.ts";

export default {
  invariant: "A stopping agent deletes a message only after its unfinished tasks are queued again.",
  description: "The agent does not wait for the unfinished tasks to be queued.",
  changes: [
    {
      file: "agent/receive/return-to-queue.ts",
      find: "await deps.queue.send(rests);",
      replace: "deps.queue.send(rests).catch(() => undefined);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/return-to-queue.test.ts"],
} satisfies Bug;
