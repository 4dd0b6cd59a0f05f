import type { Status } from "../request/status.ts";
import type { Readiness } from "./verdict.ts";

/** What GET /prewarm says of a request that has ended, as far as a retry needs it. */
interface Ended {
  readonly status: Status;
  readonly total_count: number;
  readonly failed_count: number;
  /** Undefined: not known. */
  readonly readiness?: Pick<Readiness, "unreadable_urls" | "unresolved_pops" | "unanswered_pops"> | undefined;
}

/**
 * Whether every task is good and all that is lacking are POPs whose names do not exist. A retry would meet the same: they are left out.
 * After a resolver that did not answer, it may not.
 */
export function lacksOnlyPops({ status, total_count, failed_count, readiness }: Ended): boolean {
  if (status !== "FINISHED" || total_count === 0 || failed_count > 0 || readiness === undefined) return false;
  const { unreadable_urls, unresolved_pops, unanswered_pops } = readiness;
  return unreadable_urls === 0 && unresolved_pops > 0 && unanswered_pops === 0;
}
