import type { Bug } from "../bug.ts";

export default {
  invariant: "The bytes of a minute are added to that minute only.",
  description: "The bytes of a minute are kept after they are added, and are added again to the next minute.",
  changes: [
    {
      file: "agent/report/heartbeats.ts",
      find: "held.minuteBytes = 0;\n    held.minute",
      replace: "held.minute",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/report/heartbeats.test.ts"],
} satisfies Bug;
