import type { Bugs } from "../bug.ts";

export default {
  "journal-appends-to-half-a-line": {
    invariant: "What a process wrote of a line when it died is cut off before the next line is written.",
    description: "The journal appends the next result to half a line.",
    test: "test/cli/direct/store/journal.test.ts",
    changes: [
      {
        file: "cli/direct/store/journal.ts",
        find: "    await this.file.truncate(await endOfLines(this.file));\n",
        replace: "",
      },
    ],
  },
  "journal-loses-part-of-long-line": {
    invariant: "A line of the journal is read whole, wherever the borders of the blocks lie that are read.",
    description: "Of a line that lies in more than two blocks, only the first two are read.",
    test: "test/cli/direct/store/journal.test.ts",
    changes: [
      {
        file: "cli/direct/store/journal.ts",
        find: "rest = [block.subarray(0, to), ...rest];",
        replace: "rest = [block.subarray(0, to), ...rest.slice(1)];",
      },
    ],
  },
  "lock-of-dead-process-counts": {
    invariant: "A run whose process has died can be resumed.",
    description: "A process that does not exist holds its lock.",
    test: "test/cli/direct/store/run-store.test.ts",
    changes: [
      {
        file: "cli/direct/store/run-lock.ts",
        find: 'errorCode(error) === "EPERM"',
        replace: 'errorCode(error) === "ESRCH"',
      },
    ],
  },
  "lock-taken-over-twice": {
    invariant: "One process works on a run, also if several find the lock of one that has died.",
    description: "A process makes its lock under a number that another one has made meanwhile.",
    test: "test/cli/direct/store/run-store.test.ts",
    changes: [
      {
        file: "cli/direct/store/run-lock.ts",
        find: 'if (errorCode(error) !== "EEXIST") throw error;\n          return false;',
        replace: 'if (errorCode(error) !== "EEXIST") throw error;\n          return true;',
      },
    ],
  },
  "old-run-in-progress-removed": {
    invariant: "A run that a process works on is not removed, however old it is.",
    description: "Runs are removed after 30 days even if a process works on them.",
    test: "test/cli/direct/store/run-store.test.ts",
    changes: [
      {
        file: "cli/direct/store/run-store.ts",
        find: "if ((await this.lockHolder(reqId)) === undefined) await this.remove(reqId);",
        replace: "await this.remove(reqId);",
      },
    ],
  },
  "queue-loses-wake-up": {
    invariant: "A receiver that finds the queue empty learns of what came while it looked.",
    description: "A receiver waits for ever if the queue was closed or filled while it looked.",
    test: "test/cli/direct/work-queue.test.ts",
    changes: [
      {
        file: "cli/direct/work-queue.ts",
        find: "if (this.wakes === before) await new",
        replace: "if (this.wakes >= before) await new",
      },
    ],
  },
  "resume-downloads-again": {
    invariant: "A run that is resumed does not download again what has a result.",
    description: "A resumed run does not read the results that it has.",
    test: "test/cli/direct/process.test.ts",
    changes: [
      {
        file: "cli/direct/engine.ts",
        find: "for await (const result of journal.newestFirst()) counts.add(result);",
        replace: "for await (const result of journal.newestFirst()) if (result.ok === undefined) counts.add(result);",
      },
    ],
  },
} satisfies Bugs;
