import type { Bug } from "../bug.ts";

export default {
  invariant:
    "Downloads at an origin never exceed `concurrency`, whatever the other agents have under way after a crash.",
  description: "An agent adds one download to what the others leave of the limit.",
  changes: [
    {
      file: "agent/origin/budget.ts",
      find: "concurrency - latest.others",
      replace: "concurrency - latest.others + 1",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/origin/budget.test.ts"],
} satisfies Bug;
