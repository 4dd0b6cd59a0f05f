import type { Bug } from "../bug.ts";

export default {
  invariant: "Every failed task has a row in the report, however many segments the report is written in.",
  description: "The rows of the last block of each segment are dropped when the segment is set aside.",
  changes: [
    {
      file: "domain/readiness/report-writer.ts",
      find: "await this.store.put(key, await this.kept());\n    this.segments",
      replace: "this.blocks.pop();\n    await this.store.put(key, await this.kept());\n    this.segments",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
