import type { Bug } from "../bug.ts";

export default {
  invariant:
    "A task has one row in the report and in the file of all results, however many segments they are written in.",
  description: "The rows of a segment stay in memory after it is set aside, and are written again with the next one.",
  changes: [
    {
      file: "domain/readiness/report-writer.ts",
      find: "this.blocks = [];",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/result-rows.test.ts"],
} satisfies Bug;
