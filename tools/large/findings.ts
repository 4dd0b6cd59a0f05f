import type { Findings } from "../bench/row.ts";
import { readable } from "../bench/statistics.ts";
import { table } from "../markdown-table.ts";
import { LARGEST_POPS } from "../scaling/largest.ts";
import { duration } from "../scaling/tables.ts";
import { counterCost, extrapolated, type ModelRuns } from "./model.ts";
import { LINK_BYTES_PER_SECOND } from "./share.ts";
import { evenness, type Shared } from "./sharing.ts";

const LARGEST_TASKS = 60_000 * LARGEST_POPS;

/** How four agents shared what there was, for docs/benchmarks.md. */
export function sharedFindings(runs: readonly Shared[]): Findings {
  const lines = runs.map((run) => {
    const { most, late } = evenness(run);
    return [
      ...[run.what, run.bytes.map((bytes) => readable(bytes / 1e6)).join(" / "), readable(most)],
      ...[String(run.failed), `${readable(run.seconds)} s`, readable(late), `${Math.round(100 * run.cpu)}%`],
    ];
  });
  return {
    title: "Agents that share",
    rows: [],
    notes: [
      `Four agents boot two seconds apart, with the queue full, each behind a link of its own of ${readable(LINK_BYTES_PER_SECOND / 1e6)} MB/s. ` +
        "The large messages have one file each, of 17 to 60 MB; the small files have 400 KB. The whole stack runs on this machine, so its processor is told, too:",
      table(
        [
          "what",
          "MB of each agent",
          "most / mean",
          "failed",
          "first byte to last",
          "/ what the links need",
          "processor",
        ],
        lines,
      ),
    ],
  };
}

/** What the largest request takes of the functions, for docs/benchmarks.md. */
export function modelFindings(runs: ModelRuns): Findings {
  const { tasks, counters, recounts, givenUp, messages, stopped } = runs;
  const { share, busiestKey } = counterCost(runs);
  const line = (what: string, seen: ModelRuns["counters"], note: string) => [
    ...[what, duration(seen.seconds), `${readable(seen.cpuSeconds)} s`, `${Math.round(seen.peakMB)} MB`, note],
  ];
  return {
    title: "A model of the largest request",
    rows: [],
    notes: [
      "The functions as they are deployed, in a process with about Lambda's 1,024 MB. Tables, queue and bucket are made up by another process, which takes 8 ms a call and stores no result:",
      table(
        ["what", "time", "CPU", "peak memory", ""],
        [
          line(
            `${readable(tasks)} results counted`,
            counters,
            `${readable(100 * share)}% of the results' write units; ${readable(busiestKey)} a second on the busiest key at 40,000 results/s`,
          ),
          ...recounts.map(([count, seen]) => line(`recount of ${readable(count)}`, seen, "")),
          line(`recount of ${readable(tasks)}, a tenth given up`, givenUp, `${givenUp.runs} runs`),
          line(`${readable(messages)} messages dropped after a stop`, stopped, `${stopped.runs} runs`),
        ],
      ),
      `As the largest of the recounts goes, ${readable(LARGEST_TASKS)} tasks take ${duration(extrapolated(recounts, LARGEST_TASKS))}.`,
    ],
  };
}
