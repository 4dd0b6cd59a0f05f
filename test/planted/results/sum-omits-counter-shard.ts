import type { Bug } from "../bug.ts";

export default {
  invariant: "The count of a request is the sum of all shards of its counters.",
  description: "The reader of the counters skips the first shard.",
  changes: [
    {
      file: "aws/progress-table.ts",
      find: "addCount(count, data);",
      replace: 'if (item["part"] !== "0") addCount(count, data);',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/aws/progress-table.test.ts"],
} satisfies Bug;
