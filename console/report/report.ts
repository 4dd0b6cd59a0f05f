import { type Progress, progressSchema, type Summary, summarySchema } from "../../client/answers.ts";
import type { Language } from "../../domain/format.ts";
import type { FailedObject } from "./failed-objects.ts";
import type { RecTimings } from "./timings.ts";

/** What did the work. */
export interface Engine {
  /** `direct`: one process on one machine. @default stack: the instances of a deployment */
  readonly engine?: "stack" | "direct" | undefined;
}

/**
 * What a report page is made of. It goes to others and is kept, so it has no key and no presigned link: whoever has such a link
 * reads the file without a key, and after ten minutes it leads nowhere.
 */
export interface Report extends Engine {
  readonly request: Progress;
  /** Undefined: it was not there yet. Its links are not shown. */
  readonly summary: Summary | undefined;
  /** Of each REC, from the file of all results. Absent: whoever makes the page cannot read that file. */
  readonly timings?: readonly RecTimings[] | undefined;
  /** All failed tasks, from the file of those. Absent: that cannot be read, or they are too many. */
  readonly failed?: readonly FailedObject[] | undefined;
}

/** What the command makes a page of. */
export interface Answers extends Pick<Report, "timings" | "failed" | "engine"> {
  /** Of GET /prewarm with POPs and failures, as it came. */
  readonly progress: unknown;
  /** Of GET /summary, as it came. */
  readonly summary: unknown;
  readonly language: Language;
}

/** @throws ZodError for answers that make no sense */
export function readReport(progress: unknown, summary: unknown): Report {
  return { request: progressSchema.parse(progress), summary: summarySchema.parse(summary) };
}
