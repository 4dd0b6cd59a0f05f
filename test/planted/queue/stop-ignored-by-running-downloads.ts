import type { Bug } from "../bug.ts";

export default {
  invariant: "Downloads of a request that was stopped are aborted.",
  description: "The agent sees that the request has ended, and lets its downloads go on.",
  changes: [
    {
      file: "agent/receive/process-message.ts",
      find: "isActive || cancellation.cancel()",
      replace: "isActive || cancellation",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/hold-message.test.ts"],
} satisfies Bug;
