import type { Bugs } from "../bug.ts";

export default {
  "attempts-shared-by-variants": {
    invariant: "Each variant of a URL has its own attempts.",
    description: "A deferred message counts the attempts of one variant for the variants that wait for it.",
    test: "test/agent/receive/deferrals.test.ts",
    changes: [
      {
        file: "agent/receive/return-to-queue.ts",
        find: "i === 0 ? withAttempts(this.message, url, it.error) : url",
        replace: "i < 0 ? url : withAttempts(this.message, url, it.error)",
      },
    ],
  },
  "batch-bytes-not-reset": {
    invariant: "Messages are sent in batches of up to ten, as far as their bytes allow.",
    description: "The bytes of the first batch are not reset, so every later message is a batch of its own.",
    test: "test/aws/sqs-task-queue.test.ts",
    changes: [
      {
        file: "aws/task-queue.ts",
        find: "batch = [];\n      bytes = 0;",
        replace: "batch = [];",
      },
    ],
  },
  "batch-timer-not-cleared": {
    invariant: "A batch waits for its own delay, not for the one of the batch before.",
    description: "The timer of a batch that was full is kept, and no later batch gets one.",
    test: "test/domain/batcher.test.ts",
    changes: [
      {
        file: "domain/batcher.ts",
        find: "    this.timer = undefined;\n",
        replace: "",
      },
    ],
  },
  "failures-not-restored": {
    invariant: "A recount that continues from a checkpoint knows the failures of the run before.",
    description: "The failures by reason are not restored.",
    test: "test/lambdas/shutdown/recount.test.ts",
    changes: [
      {
        file: "domain/readiness/recount.ts",
        find: "failures.restore(before.failures);",
        replace: "",
      },
    ],
  },
  "heartbeat-repeats-bytes": {
    invariant: "A heartbeat tells the bytes since the heartbeat before.",
    description: "The bytes of a heartbeat are reported again with the next one.",
    test: "test/agent/report/heartbeats.test.ts",
    changes: [
      {
        file: "agent/report/heartbeats.ts",
        find: "held.newBytes -= newBytes;",
        replace: "",
      },
    ],
  },
  "kept-bytes-not-reset": {
    invariant: "Results are set aside in segments of about the same size.",
    description: "The size of the first segment is not reset, so every later block becomes a segment of its own.",
    test: "test/lambdas/shutdown/result-rows.test.ts",
    changes: [
      {
        file: "domain/readiness/report-writer.ts",
        find: "this.keptBytes = 0;",
        replace: "",
      },
    ],
  },
  "message-size-not-reset": {
    invariant: "Messages of a target are filled to the limit, not only the first one.",
    description: "A message that is full stays open, so the URLs after it are added to it or sent twice.",
    test: "test/domain/plan/task-message.test.ts",
    changes: [
      {
        file: "domain/plan/task-message.ts",
        find: "yield current.message;\n      current = undefined;",
        replace: "yield current.message;",
      },
    ],
  },
  "minute-bytes-added-twice": {
    invariant: "The bytes of a minute are added to that minute only.",
    description: "The bytes of a minute are kept after they are added, and are added again to the next minute.",
    test: "test/agent/report/heartbeats.test.ts",
    changes: [
      {
        file: "agent/report/heartbeats.ts",
        find: "held.minuteBytes = 0;\n    held.minute",
        replace: "held.minute",
      },
    ],
  },
  "postponed-tasks-sent-twice": {
    invariant: "A task that was postponed is in the queue once.",
    description: "Postponed tasks that were sent stay in the list, and are sent again with the next ones.",
    test: "test/agent/receive/deferrals.test.ts",
    changes: [
      {
        file: "agent/receive/return-to-queue.ts",
        find: "this.waiting = this.waiting.filter((it) => !which(it));",
        replace: "",
      },
    ],
  },
  "progress-of-attempt-not-cleared": {
    invariant: "Bytes of an attempt that failed are no longer under way when the next one starts.",
    description: "The bytes of a failed attempt stay counted as under way.",
    test: "test/agent/fetch/downloader.test.ts",
    changes: [
      {
        file: "agent/fetch/downloader.ts",
        find: "if (past.length > 0) transfer.clear();",
        replace: "",
      },
    ],
  },
  "recount-repeats-unfinished-rows": {
    invariant: "A recount that continues among the tasks without a result does not repeat the rows of the run before.",
    description: "The next run begins with the first task without a result again.",
    test: "test/lambdas/shutdown/recount.test.ts",
    changes: [
      {
        file: "domain/readiness/recount.ts",
        find: "if (unfinished <= (before?.unfinished ?? 0)) continue;",
        replace: "",
      },
    ],
  },
  "recount-resumes-without-counts": {
    invariant: "A recount that continues from a checkpoint counts the results of the run before.",
    description: "The counts of the run before are not restored, only which tasks have a result.",
    test: "test/domain/plan/task-bitmap.test.ts",
    changes: [
      {
        file: "domain/plan/task-bitmap.ts",
        find: "Object.assign(this.sum, count);",
        replace: "",
      },
    ],
  },
  "recount-resumes-without-successes": {
    invariant: "A recount that continues from a checkpoint knows which tasks succeeded in the run before.",
    description: "Which tasks succeeded is not restored, so a warm object is reported as cold.",
    test: "test/domain/plan/task-bitmap.test.ts",
    changes: [
      {
        file: "domain/plan/task-bitmap.ts",
        find: "this.good = new Bitmap(good);",
        replace: "",
      },
    ],
  },
  "response-parser-keeps-state": {
    invariant: "The body of each chunk is counted with its own size.",
    description: "The line before a chunk's size is not dropped, so a body of many chunks is rejected.",
    test: "test/agent/fetch/http/response-reader.test.ts",
    changes: [
      {
        file: "agent/fetch/http/chunked-body.ts",
        find: '    this.line = "";\n',
        replace: "",
      },
    ],
  },
  "result-rows-kept-after-first-segment": {
    invariant:
      "A task has one row in the report and in the file of all results, however many segments they are written in.",
    description: "The rows of a segment stay in memory after it is set aside, and are written again with the next one.",
    test: "test/lambdas/shutdown/result-rows.test.ts",
    changes: [
      {
        file: "domain/readiness/report-writer.ts",
        find: "this.blocks = [];",
        replace: "",
      },
    ],
  },
  "second-batch-shares-keys": {
    invariant: "Two results of one task are never in one batch.",
    description: "The keys of a batch are not forgotten when it is sent, so the next item of a key is sent alone.",
    test: "test/domain/batcher.test.ts",
    changes: [
      {
        file: "domain/batcher.ts",
        find: "this.keys.clear();",
        replace: "",
      },
    ],
  },
} satisfies Bugs;
