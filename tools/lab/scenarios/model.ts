import { QUOTA } from "../../../domain/cost/work-time.ts";
import { MAX_URLS } from "../../../domain/limits.ts";
import { type CheckRow, type Expectation, rowOf, type Scenario } from "../engine/scenario.ts";
import { type ModelRun, type ModelSeen, runModel } from "../model/run-model.ts";

/** POPs of the largest request that is tried. */
const POPS = 400;
/** Messages of 24 million small files: `domain/plan/task-message.ts`. */
const MESSAGES = 240_000;
const RECOUNTS = [1e4, 1e5, 1e6];
const RECOUNT_POPS = 100;
const LAMBDA = { megabytes: 1_024, seconds: 900 };
const STOP_SECONDS = 600;

/** The functions as they are deployed, in a process with about Lambda's memory, on tables that are made up. */
export const model: Scenario = {
  name: "model",
  isSeeded: false,
  description:
    "24 million tasks go through Aggregation and Shutdown, on tables, a queue and a bucket that are made up.",
  parts: (scale) => {
    const urls = scale.of(MAX_URLS, 10);
    const tasks = urls * POPS;
    const messages = scale.of(MESSAGES);
    const recounts = RECOUNTS.filter((count) => count <= Math.max(1e4, tasks));
    const runs: { readonly run: ModelRun; readonly row: (seen: ModelSeen) => CheckRow }[] = [
      { run: { function: "aggregation", urls, pops: POPS }, row: (seen) => countedRow(tasks, seen) },
      ...recounts.map((count) => ({
        run: { function: "shutdown", urls: count / RECOUNT_POPS, pops: RECOUNT_POPS, until: "FINISHED" } as const,
        row: (seen: ModelSeen) => recountRow(`a recount of ${count}`, count, seen),
      })),
      {
        run: { function: "shutdown", urls, pops: POPS, missingEvery: 10, until: "FINISHED" },
        row: (seen) => recountRow(`${tasks} recounted, a tenth given up`, tasks, seen),
      },
      {
        run: { function: "shutdown", urls: 10, pops: 10, status: "STOPPED", messages, until: "closed" },
        row: (seen) => stoppedRow(messages, seen),
      },
    ];
    const rows: CheckRow[] = [];
    return {
      load: runs.map(({ run, row }) => async ({ say }) => {
        const it = row(await runModel(run));
        rows.push(it);
        say(`${it.what}: ${it.saw}`);
      }),
      checks: [() => rows],
    };
  },
};

/** Counters cost little of what the results cost, and no partition key is hot. */
export function countedRow(tasks: number, seen: ModelSeen): CheckRow {
  return modelRow(`${tasks} results counted`, seen, [
    ["counted", seen.counted, "=", tasks],
    ["write units / results", seen.units / tasks, "<=", 0.15],
    ["units/s of the busiest key", (seen.most / tasks) * QUOTA.tableWrites, "<=", 1_000],
  ]);
}

export function recountRow(what: string, tasks: number, seen: ModelSeen): CheckRow {
  return modelRow(what, seen, [
    ["status", seen.status, "=", "FINISHED"],
    ["counted", seen.downloadCount, "=", tasks],
    ["seconds of a run", seen.longestRunSeconds, "<=", LAMBDA.seconds],
  ]);
}

export function stoppedRow(messages: number, seen: ModelSeen): CheckRow {
  return modelRow(`${messages} messages dropped after a stop`, seen, [
    ["request", seen.closed ? "closed" : "open", "=", "closed"],
    ["left", seen.left, "=", 0],
    ["seconds", seen.seconds, "<=", STOP_SECONDS],
  ]);
}

function modelRow(what: string, seen: ModelSeen, expectations: readonly Expectation[]): CheckRow {
  const { seconds, cpuSeconds, peakMB, runs, objects } = seen;
  const took = `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of a core, ${runs} runs, ${(objects / 1e6).toFixed(1)} MB of lists`;
  return rowOf(what, [...expectations, ["MB", peakMB, "<=", LAMBDA.megabytes]], took);
}
