import type { Estimate } from "../../domain/cost/estimate.ts";
import { beyondCap } from "../../domain/request/caps.ts";
import type { PrewarmRequest } from "./prewarm-request.ts";

/** How an estimate says that a request would end before it is done, as warnings. */
export function foreseen(
  { bytes, instances, caps }: Estimate,
  { maxBytes, timeoutMinutes }: Pick<PrewarmRequest, "maxBytes" | "timeoutMinutes">,
): string[] {
  const { estimate = 0, low = 0 } = bytes;
  const cap = caps.find((it) => it.cap === "maxRequestBytes")?.limit ?? Number.POSITIVE_INFINITY;
  const tooMuch = beyondCap({ maxRequestBytes: cap }, "maxRequestBytes", likely(low, cap), estimate ?? 0);
  const minutes = instances.minutes_to_finish;
  return [
    ...(tooMuch === undefined ? [] : [tooMuch]),
    ...(maxBytes !== undefined && (estimate ?? 0) > maxBytes
      ? [`${likely(low, maxBytes)}: about ${estimate} bytes, and max_bytes is ${maxBytes}`]
      : []),
    ...(minutes !== null && minutes > timeoutMinutes
      ? [`timeout: it would take about ${minutes} minutes, and is stopped after ${timeoutMinutes}`]
      : []),
    ...(minutes === null
      ? ["instance_count: is 0, so nothing is downloaded unless instances are running or are set later"]
      : []),
    ...(bytes.unreadable > 0
      ? [
          `url_list: ${bytes.unreadable} of ${bytes.sampled} that were asked cannot be read; the first: ${bytes.first_problem}`,
        ]
      : []),
  ];
}

function likely(low: number | null, bound: number): string {
  return (low ?? 0) > bound ? "dry_run: this request would end as FAILED" : "dry_run: this request may end as FAILED";
}
