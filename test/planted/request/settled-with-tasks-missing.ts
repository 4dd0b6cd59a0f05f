import type { Bug } from "../bug.ts";

export default {
  invariant: "A request finishes only when every task has a result.",
  description: "A request finishes when all tasks but one have a result.",
  changes: [
    {
      file: "domain/request/lifecycle.ts",
      find: "download_count >= total;",
      replace: "download_count >= total - 1;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/request/lifecycle.test.ts"],
} satisfies Bug;
