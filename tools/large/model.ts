import { QUOTA } from "../../domain/cost/work-time.ts";
import { MAX_URLS } from "../../domain/limits.ts";
import { readable } from "../bench/statistics.ts";
import { type LabPart, type LabRow, rowOf } from "../lab/part.ts";
import { LARGEST_POPS } from "../scaling/largest.ts";
import { duration } from "../scaling/tables.ts";
import { type ModelSeen, runModel } from "./model/run-model.ts";

/** Messages of 24 million small files: `domain/plan/task-message.ts`. */
const MESSAGES = 240_000;
const RECOUNTS = [1e4, 1e5, 1e6];
const RECOUNT_POPS = 100;
/** Every tenth task has no result when the rest is given up. */
const MISSING_EVERY = 10;
const LAMBDA = { megabytes: 1_024, seconds: 900 };
const STOP_SECONDS = 600;

/** What the model showed: counters, recounts by their tasks, giving up and stopping. */
export interface ModelRuns {
  readonly tasks: number;
  readonly counters: ModelSeen;
  readonly recounts: readonly (readonly [tasks: number, seen: ModelSeen])[];
  readonly givenUp: ModelSeen;
  readonly messages: number;
  readonly stopped: ModelSeen;
}

/** A request of 24 million tasks through the functions as deployed, with tables that are made up. */
export const model: LabPart = {
  name: "model",
  run: async (say, { scale }) => modelRows(await modelRuns(say, scale)),
};

/** @param scale share of the URLs and of the messages */
export async function modelRuns(say: (line: string) => void, scale: number): Promise<ModelRuns> {
  const urls = Math.max(10, Math.round(MAX_URLS * scale));
  const size = { urls, pops: LARGEST_POPS };
  const tasks = urls * LARGEST_POPS;
  const messages = Math.round(MESSAGES * scale);
  say(`  ${readable(tasks)} results through the counters`);
  const counters = await runModel({ worker: "model-aggregation", ...size });
  const recounts: [number, ModelSeen][] = [];
  for (const count of RECOUNTS.filter((it) => it <= Math.max(RECOUNTS[0] ?? 0, tasks))) {
    say(`  a recount of ${readable(count)}`);
    const small = { urls: count / RECOUNT_POPS, pops: RECOUNT_POPS };
    recounts.push([count, await runModel({ worker: "model-shutdown", ...small, until: "FINISHED" })]);
  }
  say(`  ${readable(tasks)} recounted, of which a tenth is given up`);
  const givenUp = await runModel({
    worker: "model-shutdown",
    ...size,
    missingEvery: MISSING_EVERY,
    until: "FINISHED",
  });
  say(`  ${readable(messages)} messages of a request that was stopped`);
  const stopped = await runModel({
    worker: "model-shutdown",
    urls: 10,
    pops: 10,
    status: "STOPPED",
    messages,
    until: "closed",
  });
  return { tasks, counters, recounts, givenUp, messages, stopped };
}

/** Write units of the counters for each result, and a second on the busiest partition key at the table's quota. */
export function counterCost({ tasks, counters }: Pick<ModelRuns, "tasks" | "counters">) {
  return { share: counters.units / tasks, busiestKey: (counters.most / tasks) * QUOTA.tableWrites };
}

/** What the largest request's recount takes, if it goes on as the largest that was measured. */
export function extrapolated(recounts: ModelRuns["recounts"], tasks: number): number {
  const [measured = 1, seen] = recounts.at(-1) ?? [];
  return ((seen?.seconds ?? Number.NaN) * tasks) / measured;
}

export function modelRows(runs: ModelRuns): LabRow[] {
  const { tasks, counters, recounts, givenUp, messages, stopped } = runs;
  const { share, busiestKey } = counterCost(runs);
  return [
    rowOf(
      `${readable(tasks)} results counted: at most 15% of their write units, no hot key`,
      `${readable(100 * share)}%, ${readable(busiestKey)} units/s on the busiest key, ${spent(counters)}`,
      [counters.counted === tasks, share <= 0.15, busiestKey <= 1_000, counters.peakMB <= LAMBDA.megabytes],
    ),
    ...recounts.map(([count, seen]) =>
      rowOf(`a recount of ${readable(count)}`, spent(seen), [
        seen.status === "FINISHED",
        seen.downloadCount === count,
        seen.peakMB <= LAMBDA.megabytes,
      ]),
    ),
    rowOf(
      `${readable(tasks)} recounted, a tenth given up`,
      `${spent(givenUp)}, ${givenUp.runs} runs, the longest ${duration(givenUp.longestRunSeconds)}; ${readable(givenUp.objects / 1e6)} MB of lists`,
      [
        givenUp.status === "FINISHED",
        givenUp.downloadCount === tasks,
        givenUp.peakMB <= LAMBDA.megabytes,
        givenUp.longestRunSeconds <= LAMBDA.seconds,
      ],
    ),
    rowOf(`${readable(messages)} messages dropped after a stop`, `${spent(stopped)}, ${stopped.runs} runs`, [
      stopped.closed,
      stopped.left === 0,
      stopped.seconds <= STOP_SECONDS,
      stopped.peakMB <= LAMBDA.megabytes,
    ]),
  ];
}

function spent({ seconds, cpuSeconds, peakMB }: ModelSeen): string {
  return `${duration(seconds)}, ${readable(cpuSeconds)} s of a core, ${Math.round(peakMB)} MB`;
}
