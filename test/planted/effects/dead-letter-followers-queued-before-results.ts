import type { Bug } from "../bug.ts";

export default {
  invariant: "The results of a dead letter's tasks are written before its followers are queued.",
  description: "Followers are queued first, by results that do not stand yet.",
  changes: [
    {
      file: "lambdas/watch/dead-letters.ts",
      find: "await deps.results.putIfAbsent(results);\n  await queueFollowers(deps, message, item);",
      replace: "await queueFollowers(deps, message, item);\n  await deps.results.putIfAbsent(results);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/watch/dead-letters.test.ts"],
} satisfies Bug;
