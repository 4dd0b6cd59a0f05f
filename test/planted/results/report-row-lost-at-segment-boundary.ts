import type { Bug } from "../bug.ts";

export default {
  invariant: "Every failed task has a row in the report, however many segments the report is written in.",
  description: "The last row of each segment is dropped when the segment is set aside.",
  changes: [
    {
      file: "domain/readiness/report-writer.ts",
      find: "await this.store.put(key, await this.format.encode(this.text));",
      replace: 'await this.store.put(key, await this.format.encode(this.text.replace(/.*\\n$/, "")));',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
