// Provides an answer of GET /prewarm as the command reads it: the example of the design.
import { type Pop, type Progress, progressSchema } from "../../client/answers.ts";

const RECS = [
  ["Singapore", 9, 756, 597, 595, 2],
  ["Mumbai", 5, 420, 264, 257, 7],
  ["Seoul", 5, 420, 322, 322, 0],
  ["Tokyo", 4, 336, 289, 289, 0],
  ["Sydney", 2, 168, 87, 87, 0],
  ["Frankfurt", 4, 336, 149, 149, 0],
  ["London", 5, 420, 186, 186, 0],
  ["N. Virginia", 2, 168, 53, 53, 0],
  ["Oregon", 2, 168, 24, 24, 0],
] as const;

/** The counts of a REC stand at its first POP, and the others have none: their sum is the REC's. */
export const POPS: Pop[] = RECS.flatMap(([rec, pops, total, done, warm, failed], r) =>
  Array.from({ length: pops }, (_, i) => {
    const first = i === 0;
    return {
      pop: `P${r}${i}1-C1`,
      rec,
      state: "IN_PROGRESS",
      total_count: first ? total : 0,
      download_count: first ? done : 0,
      failed_count: first ? failed : 0,
      warm_count: first ? warm : 0,
      hit_count: 0,
      regional_count: 0,
      not_kept_count: 0,
      download_size: first ? warm * 1_000_000 : 0,
      transferred_bytes: first ? warm * 2_000_000 : 0,
    };
  }),
);

export function progress(changes: Partial<Progress> = {}): Progress {
  return progressSchema.parse({
    request_id: "e059b77b-e427-4489-a50b-4d8c652f114c",
    status: "IN_PROGRESS",
    created_at: "2026-11-25 11:12:00.000000",
    last_update_time: "2026-11-25 11:46:12.000000",
    timestamp: "2026-11-25 11:46:15.000000",
    percentage_complete: 62,
    total_size: 3_060_000_000_000,
    download_size: 1_850_000_000_000,
    transferred_bytes: 3_702_000_000_000,
    in_progress_size: 60_000_000_000,
    available_task_count: 1_041,
    in_progress_task_count: 180,
    total_count: 3_192,
    download_count: 1_971,
    failed_count: 9,
    warm_count: 1_931,
    hit_count: 31,
    not_kept_count: 4,
    bytes_per_second: 3_410_000_000,
    instances_at_work: 19,
    instance_count: 20,
    timeout_at: "2026-11-25 12:32:00.000000",
    estimated_finish_at: "2026-11-25 11:51:49.000000",
    url_count: 84,
    url_prefix: "https://www.example.com/",
    pop_count: 38,
    sentence: "62% of the bytes are there.",
    warnings: [],
    ...changes,
  });
}

export const FAILURES: NonNullable<Progress["failures"]> = [
  {
    code: "connection",
    subject: "task",
    tasks: 6,
    pops: 4,
    urls: 5,
    examples: [
      { url: "https://www.example.com/pak-001.bin", pop: "DEL54-P2", error: "no connection at any of its 3 addresses" },
    ],
  },
  {
    code: "incomplete",
    subject: "task",
    tasks: 3,
    pops: 1,
    urls: 2,
    examples: [{ url: "https://www.example.com/pak-017.bin", pop: "CGK50-P1", error: "ended after 3 of 40 MB" }],
  },
];
