import type { Bug } from "../bug.ts";

export default {
  invariant: "Of two batches that end at once, the later sees the counts of both.",
  description:
    "The counters are read before the batch is added, so the last batch does not ask for the settlement check.",
  changes: [
    {
      file: "lambdas/aggregation/handler.ts",
      find: "const adds = part.pops.size > 0;",
      replace: "const adds = part.pops.size > 0;\n      const { count: all } = await deps.progress.count(part.reqId);",
    },
    {
      file: "lambdas/aggregation/handler.ts",
      find: "      const { count: all } = await deps.progress.count(part.reqId);\n      await requestSettlement",
      replace: "      await requestSettlement",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/aggregation/handler.test.ts"],
} satisfies Bug;
