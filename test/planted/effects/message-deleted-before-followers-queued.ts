import type { Bug } from "../bug.ts";

export default {
  invariant: "A lead's message is deleted only after its followers are queued.",
  description: "The message of a lead is deleted first, so a failure to queue its followers loses their tasks.",
  changes: [
    {
      file: "agent/receive/process-message.ts",
      find: "await handingOver.end(receipt);",
      replace: "await deps.queue.delete(receipt);\n    return handingOver.end(receipt);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/report/promote-followers.test.ts"],
} satisfies Bug;
