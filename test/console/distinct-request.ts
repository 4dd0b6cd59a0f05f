// A request, of which no two figures are equal and none is the sum of the same parts: a figure in the wrong place is seen.
import { type Failure, type Progress, popSchema, progressSchema, type Summary } from "../../client/answers.ts";

/** How many tasks each state has. */
export const OUTCOMES = {
  warm: 40_003,
  hit: 7_013,
  done: 1_009,
  not_kept: 307,
  failed: 511,
  under_way: 2_027,
  waiting: 9_147,
} as const;

const example = (pop: string, name: string) => ({ url: `https://www.example.com/s3e1/${name}`, pop, error: name });

/** Their tasks are all failed tasks. The first two are urgent in a request that is not ready, the others can wait. */
export const FAILURES: readonly Failure[] = [
  {
    code: "not_kept",
    subject: "task",
    tasks: 307,
    pops: 4,
    urls: 103,
    examples: [example("SIN2-P1", "a.js"), example("NRT20-P9", "b.js")],
  },
  { code: "http_4xx", subject: "task", tasks: 290, pops: 3, urls: 127, examples: [example("FRA56-P4", "c.js")] },
  { code: "timeout", subject: "task", tasks: 150, pops: 2, urls: 149, examples: [example("BOM54-P2", "d.js")] },
  { code: "connection", subject: "task", tasks: 71, pops: 1, urls: null, examples: [example("DEL54-P2", "e.js")] },
];

/** Sums: total 313, results 266, failed 29 of which 11 were not kept. */
const POPS = [
  ["SIN2-P1", "Singapore", 101, 97, 13, 53, 17, 7],
  ["NRT20-P9", "Tokyo", 89, 83, 8, 47, 11, 3],
  ["FRA56-P4", "Frankfurt", 61, 43, 6, 23, 5, 1],
  ["BOM54-P2", "Mumbai", 37, 31, 2, 19, 4, 0],
  ["DEL54-P2", "Mumbai", 25, 12, 0, 9, 2, 0],
] as const;

export function distinctRequest(changes: Partial<Progress> = {}): Progress {
  const { warm, hit, done, not_kept, failed, under_way, waiting } = OUTCOMES;
  const results = warm + hit + done + not_kept + failed;
  return {
    ...progressSchema.parse({
      request_id: "3f9c2a71-1d52-4b0e-8c66-92c2e0a7b315",
      status: "IN_PROGRESS",
      created_at: "2026-11-25 10:48:00.000000",
      timestamp: "2026-11-25 10:58:30.000000",
      last_update_time: "2026-11-25 11:13:20.000000",
      estimated_finish_at: "2026-11-25 11:09:41.000000",
      timeout_at: "2026-11-25 11:48:00.000000",
      download_size: 601e9,
      transferred_bytes: 1_213e9,
      in_progress_size: 43e9,
      total_size: 907e9,
      percentage_complete: 73,
      bytes_per_second: 3_410e6,
      available_task_count: 1_499,
      in_progress_task_count: under_way,
      total_count: results + under_way + waiting,
      download_count: results,
      failed_count: not_kept + failed,
      warm_count: warm,
      hit_count: hit,
      not_kept_count: not_kept,
      instances_at_work: 13,
      instance_count: 19,
      url_count: 8_407,
      pop_count: 5,
      url_prefix: "https://www.example.com/s3e1/",
      warnings: [
        { code: "may_not_be_kept", count: 29, message: "First.", examples: ["x"] },
        { code: "other", count: 31, message: "Second.", examples: [] },
      ],
      failures: FAILURES,
    }),
    pops: POPS.map(([pop, rec, total_count, download_count, failed_count, warm_count, hit_count, not_kept_count], n) =>
      popSchema.parse({
        pop,
        rec,
        total_count,
        download_count,
        failed_count,
        warm_count,
        hit_count,
        not_kept_count,
        download_size: (n + 2) * 1_000_003,
      }),
    ),
    ...changes,
  };
}

/** The same after its end: what has no result was not tried. */
export function endedRequest(changes: Partial<Progress> = {}): Progress {
  return distinctRequest({
    status: "FINISHED",
    verdict: "not_ready",
    estimated_finish_at: null,
    in_progress_task_count: 0,
    in_progress_size: 0,
    ...changes,
  });
}

export function distinctSummary(changes: Partial<Summary> = {}): Summary {
  return {
    request_id: "3f9c2a71-1d52-4b0e-8c66-92c2e0a7b315",
    status: "FINISHED",
    failed_count: 827,
    failure_pops: ["ICN51-C1", "GRU3-P1"],
    failure_urls: ["https://www.example.com/s3e1/gone-1", "https://www.example.com/s3e1/gone-2", "https://e/3"],
    failure_urls_omitted: 41,
    failure_pop_urls_report: "https://prewarm.s3.eu-west-1.amazonaws.com/r/report.csv",
    results_url: "https://prewarm.s3.eu-west-1.amazonaws.com/r/results.csv.gz",
    failures: [...FAILURES],
    ...changes,
  };
}
