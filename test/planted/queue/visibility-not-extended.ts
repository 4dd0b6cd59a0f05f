import type { Bug } from "../bug.ts";

export default {
  invariant: "The visibility timeout of a message is extended as long as the agent works on it.",
  description: "The timer that extends the visibility timeout sends nothing.",
  changes: [
    {
      file: "agent/receive/process-message.ts",
      find: "deps.queue.setVisibilityTimeout(receipt, deps.visibilitySeconds)",
      replace: "Promise.resolve()",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/hold-message.test.ts"],
} satisfies Bug;
