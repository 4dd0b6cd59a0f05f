import type { Bug } from "../bug.ts";

export default {
  invariant: "A recount that continues after the file of all results was written does not write it again.",
  description: "The next run writes the file of all results again, without the rows of the run before.",
  changes: [
    {
      file: "domain/readiness/recount.ts",
      find: "if (!before.results_done) {",
      replace: "if (shards > 0) {",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
