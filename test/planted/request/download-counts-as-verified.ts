import type { Bug } from "../bug.ts";

export default {
  invariant: "A request of which nothing was verified is not said to be ready.",
  description: "Downloads count as verified.",
  changes: [
    {
      file: "domain/readiness/verdict.ts",
      find: "warm_count + hit_count === 0",
      replace: "warm_count + hit_count < 0",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/readiness/verdict.test.ts"],
} satisfies Bug;
