import type { Bug } from "../bug.ts";

export default {
  invariant: "Checks stay within the limits of the origin: those of objects that are not kept reach it.",
  description: "A check is sent after its wait without a permit.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "await this.acquirePermit({ isContinuation: true, needsSendSlot: false });",
      replace: "await Promise.resolve();",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/admit/permits.test.ts"],
} satisfies Bug;
