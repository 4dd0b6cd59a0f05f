import type { Failure } from "../api/answers.ts";

/** Reasons that viewers meet as well, wherever they are, until somebody mends them. What was not asked had failed at two POPs before. */
const MET_BY_VIEWERS = ["http_4xx", "http_5xx", "redirect", "tls", "too_large", "not_kept", "not_asked"];
/** The first viewers at a few POPs may wait a little: the verdict's own bound is 5% of the POPs. */
const FEW = 0.05;

/** Whether a reason is to be dealt with before the crowd comes. Where the verdict lets the crowd come, nothing is. */
export function isUrgent(
  { code, pops }: Pick<Failure, "code" | "pops">,
  { verdict, chosen }: { readonly verdict: string | undefined; readonly chosen: number },
): boolean {
  if (verdict === "ready" || verdict === "ready_with_exceptions") return false;
  return MET_BY_VIEWERS.includes(code) || pops > Math.max(1, chosen * FEW);
}
