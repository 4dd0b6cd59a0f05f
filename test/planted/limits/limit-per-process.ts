import type { Bug } from "../bug.ts";

export default {
  invariant: "A request's limit holds for all agents together.",
  description: "Each process sends as many requests per second as the request allows in all.",
  changes: [
    {
      file: "agent/origin/budget.ts",
      find: "index >= 0 && ownerOf(turn, sharers) === this.self",
      replace: "index >= 0 && ownerOf(turn, sharers) !== undefined",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/origin/budget.test.ts"],
} satisfies Bug;
