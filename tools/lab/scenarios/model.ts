import { QUOTA } from "../../../domain/cost/work-time.ts";
import { MAX_URLS } from "../../../domain/limits.ts";
import { type ModelRun, type ModelSeen, runModel } from "../model/run-model.ts";
import type { CheckRow, Scenario } from "../scenario.ts";

/** POPs of the largest request that is tried. */
const POPS = 400;
/** Messages of 24 million small files: `domain/plan/task-message.ts`. */
const MESSAGES = 240_000;
const RECOUNTS = [1e4, 1e5, 1e6];
const RECOUNT_POPS = 100;
const LAMBDA = { megabytes: 1_024, seconds: 900 };
const STOP_SECONDS = 600;

/** The functions as they are deployed, in a process with about Lambda's memory, on tables that are made up by another process. */
export const model: Scenario = {
  name: "model",
  description:
    "24 million tasks go through Aggregation and Shutdown, on tables, a queue and a bucket that are made up.",
  parts: (scale) => {
    const urls = scale.of(MAX_URLS, 10);
    const tasks = urls * POPS;
    const messages = scale.of(MESSAGES);
    const recounts = RECOUNTS.filter((count) => count <= Math.max(1e4, tasks));
    const runs: { readonly run: ModelRun; readonly rowOf: (seen: ModelSeen) => CheckRow }[] = [
      { run: { function: "aggregation", urls, pops: POPS }, rowOf: (seen) => countedRow(tasks, seen) },
      ...recounts.map((count) => ({
        run: { function: "shutdown", urls: count / RECOUNT_POPS, pops: RECOUNT_POPS, until: "FINISHED" } as const,
        rowOf: (seen: ModelSeen) => recountRow(`a recount of ${count}`, count, seen),
      })),
      {
        run: { function: "shutdown", urls, pops: POPS, missingEvery: 10, until: "FINISHED" },
        rowOf: (seen) => recountRow(`${tasks} recounted, a tenth given up`, tasks, seen),
      },
      {
        run: { function: "shutdown", urls: 10, pops: 10, status: "STOPPED", messages, until: "closed" },
        rowOf: (seen) => stoppedRow(messages, seen),
      },
    ];
    const rows: CheckRow[] = [];
    return {
      load: runs.map(({ run, rowOf }) => async ({ say }) => {
        const row = rowOf(await runModel(run));
        rows.push(row);
        say(`${row.what}: ${row.saw}`);
      }),
      checks: [() => rows],
    };
  },
};

/** Counters cost little of what the results cost, and no partition key is hot. */
export function countedRow(tasks: number, seen: ModelSeen): CheckRow {
  const share = seen.units / tasks;
  const busiestKey = (seen.most / tasks) * QUOTA.tableWrites;
  return {
    what: `${tasks} results counted`,
    wanted: "at most 15% of their write units, 1,000 units/s on the busiest key, and Lambda's memory",
    saw: `${seen.counted} counted, ${(100 * share).toFixed(1)}%, ${busiestKey.toFixed(0)} units/s, ${spent(seen)}`,
    holds: [seen.counted === tasks, share <= 0.15, busiestKey <= 1_000, seen.peakMB <= LAMBDA.megabytes],
  };
}

export function recountRow(what: string, tasks: number, seen: ModelSeen): CheckRow {
  const { status, downloadCount, runs, longestRunSeconds, objects } = seen;
  return {
    what,
    wanted: "FINISHED with all tasks counted, within Lambda's memory and time",
    saw: `${status}, ${downloadCount} counted, ${spent(seen)}, ${runs} runs, ${(objects / 1e6).toFixed(1)} MB of lists`,
    holds: [
      status === "FINISHED",
      downloadCount === tasks,
      seen.peakMB <= LAMBDA.megabytes,
      longestRunSeconds <= LAMBDA.seconds,
    ],
  };
}

export function stoppedRow(messages: number, seen: ModelSeen): CheckRow {
  return {
    what: `${messages} messages dropped after a stop`,
    wanted: `closed with 0 left within ${STOP_SECONDS} s and Lambda's memory`,
    saw: `${seen.closed ? "closed" : "open"}, ${seen.left} left, ${spent(seen)}, ${seen.runs} runs`,
    holds: [seen.closed, seen.left === 0, seen.seconds <= STOP_SECONDS, seen.peakMB <= LAMBDA.megabytes],
  };
}

function spent({ seconds, cpuSeconds, peakMB }: ModelSeen): string {
  return `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of a core, ${Math.round(peakMB)} MB`;
}
