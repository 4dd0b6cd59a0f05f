import type { Bug } from "../bug.ts";

export default {
  invariant: "Only what was requested counts as an attempt.",
  description: "Followers that wait for one that was refused return to the queue with its attempts.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "new DeferredError(error.delayMs) : undefined",
      replace: "error : undefined",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/deferrals.test.ts"],
} satisfies Bug;
