import type { Bug } from "../bug.ts";

export default {
  invariant: "A heartbeat tells the bytes since the heartbeat before.",
  description: "The bytes of a heartbeat are reported again with the next one.",
  changes: [
    {
      file: "agent/report/heartbeats.ts",
      find: "held.newBytes -= newBytes;",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/report/heartbeats.test.ts"],
} satisfies Bug;
