import type { Bug } from "../bug.ts";

export default {
  invariant: "Results are set aside in segments of about the same size.",
  description: "The size of the first segment is not reset, so every later block becomes a segment of its own.",
  changes: [
    {
      file: "domain/readiness/report-writer.ts",
      find: "this.keptBytes = 0;",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/result-rows.test.ts"],
} satisfies Bug;
