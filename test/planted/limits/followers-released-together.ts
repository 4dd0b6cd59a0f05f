import type { Bug } from "../bug.ts";

export default {
  invariant: "Until its regional edge cache is confirmed, one follower of a lead at a POP runs at a time.",
  description: "Followers do not wait for the first one.",
  changes: [
    {
      file: "agent/admit/follower-gate.ts",
      find: "running.length === 0",
      replace: "running.length >= 0",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit", "test/agent/admit/follower-gate.test.ts"],
} satisfies Bug;
