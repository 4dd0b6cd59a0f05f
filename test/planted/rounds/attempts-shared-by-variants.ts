import type { Bug } from "../bug.ts";

export default {
  invariant: "Each variant of a URL has its own attempts.",
  description: "A deferred message counts the attempts of one variant for the variants that wait for it.",
  changes: [
    {
      file: "agent/receive/return-to-queue.ts",
      find: "i === 0 ? withAttempts(this.message, url, it.error) : url",
      replace: "i < 0 ? url : withAttempts(this.message, url, it.error)",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit", "test/agent/receive/deferrals.test.ts"],
} satisfies Bug;
