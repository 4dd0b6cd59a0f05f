import type { Bug } from "../bug.ts";

export default {
  invariant: "Every follower of a lead that succeeded gets a message of its own.",
  description: "The last follower of a lead gets no message.",
  changes: [
    {
      file: "domain/plan/hand-over.ts",
      find: "followers.map((follower)",
      replace: "followers.slice(0, -1).map((follower)",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/hand-over.test.ts"],
} satisfies Bug;
