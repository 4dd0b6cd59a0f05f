import type { Bug } from "../bug.ts";

export default {
  invariant: "Every failed task has a row in the report, however many segments the report is written in.",
  description: "The last rows of each segment are dropped when the segment is set aside.",
  changes: [
    {
      file: "domain/readiness/report-writer.ts",
      find: "await this.store.put(key, Buffer.concat(this.blocks));",
      replace: "this.blocks.pop();\n    await this.store.put(key, Buffer.concat(this.blocks));",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
