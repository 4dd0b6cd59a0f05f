import type { Bug } from "../bug.ts";

export default {
  invariant: "A lead's message is deleted only after its followers are queued.",
  description: "The message of a lead is deleted first, so a failure to queue its followers loses their tasks.",
  changes: [
    {
      file: "agent/receive/process-message.ts",
      find: "() => promoter.finish());",
      replace: "() => deps.queue.delete(message.receipt).then(() => promoter.finish()));",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/report/promote-followers.test.ts"],
} satisfies Bug;
