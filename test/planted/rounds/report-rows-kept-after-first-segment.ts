import type { Bug } from "../bug.ts";

export default {
  invariant: "A failed task has one row in the report, however many segments the report is written in.",
  description: "The rows of a segment stay in memory after it is set aside, and are written again with the next one.",
  changes: [
    {
      file: "domain/readiness/report-writer.ts",
      find: "this.parts.push(key);\n    this.rows = [];",
      replace: "this.parts.push(key);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
