import type { Bug } from "../bug.ts";

export default {
  invariant: "An agent takes messages of small requests while large files take all its capacity.",
  description: "The agent takes no message of the express queue until a large file ends.",
  changes: [
    {
      file: "agent/receive/agent.ts",
      find: "Math.max(1, large.free)",
      replace: "large.free",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/express-lane.test.ts"],
} satisfies Bug;
