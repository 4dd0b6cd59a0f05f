import type { Answers } from "./report.ts";

export { type FailedObject, MAX_FAILED } from "./failed-objects.ts";
export type { RecTimings, Spread } from "./timings.ts";

/** As page-of.ts has it. */
export declare function pageOf(answers: Answers): string;
