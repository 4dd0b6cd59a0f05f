import type { Bug } from "../bug.ts";

export default {
  invariant: "Every follower of a lead that succeeded gets a message of its own.",
  description: "The last follower of a lead gets no message.",
  changes: [
    {
      file: "domain/plan/followers.ts",
      find: "const follower of followers) send",
      replace: "const follower of followers.slice(0, -1)) send",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/promote-followers.test.ts"],
} satisfies Bug;
