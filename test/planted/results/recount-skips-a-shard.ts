import type { Bug } from "../bug.ts";

export default {
  invariant: "A recount reads every shard of a request's results exactly once.",
  description: "Each group of shards after the first begins one shard too late.",
  changes: [
    {
      file: "domain/readiness/recount.ts",
      find: "read = next;",
      replace: "read = Math.min(shards, next + 1);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
