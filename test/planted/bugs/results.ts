import type { Bugs } from "../bug.ts";

export default {
  "batch-counted-twice": {
    invariant: "A batch of results that Lambda delivers again adds nothing to the counters.",
    description:
      "The transaction that adds a batch to the counters carries no token, so a second delivery counts the batch again.",
    test: "test/lambdas/aggregation/handler.test.ts",
    file: "aws/progress-table.ts",
    find: "ClientRequestToken: token,",
    replace: "",
  },
  "failure-replaces-success": {
    invariant: "A failed result never replaces a successful result of the same task.",
    description: "The condition for writing a failed result also holds where a successful result stands.",
    test: "test/aws/request-task-table.test.ts",
    file: "aws/request-task-table.ts",
    find: "OR ok = :false",
    replace: "OR ok = :false OR attribute_exists(ok)",
  },
  "recount-skipped": {
    invariant: "A request is settled by the exact count of its results, not by its counters.",
    description:
      "The settlement that was expected from the counters is carried out after the recount, whatever the recount found.",
    test: "test/lambdas/shutdown/settle.test.ts",
    file: "lambdas/shutdown/settle.ts",
    find: "const settlement = decide(count);",
    replace: "const settlement = expected as ReturnType<typeof decide>;",
  },
  "recount-skips-a-shard": {
    invariant: "A recount reads every shard of a request's results exactly once.",
    description: "Each group of shards after the first begins one shard too late.",
    test: "test/lambdas/shutdown/recount.test.ts",
    file: "domain/readiness/recount.ts",
    find: "read = next;",
    replace: "read = Math.min(shards, next + 1);",
  },
  "report-row-lost-at-segment-boundary": {
    invariant: "Every failed task has a row in the report, however many segments the report is written in.",
    description: "The last rows of each segment are dropped when the segment is set aside.",
    test: "test/lambdas/shutdown/recount.test.ts",
    file: "domain/readiness/report-writer.ts",
    find: "await this.store.put(key, Buffer.concat(this.blocks));",
    replace: "this.blocks.pop();\n    await this.store.put(key, Buffer.concat(this.blocks));",
  },
  "sum-omits-counter-shard": {
    invariant: "The count of a request is the sum of all shards of its counters.",
    description: "The reader of the counters skips the first shard.",
    test: "test/aws/progress-table.test.ts",
    file: "aws/progress-table.ts",
    find: "addCount(count, data);",
    replace: 'if (item["part"] !== "0") addCount(count, data);',
  },
} satisfies Bugs;
