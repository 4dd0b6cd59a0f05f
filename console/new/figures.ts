import type { Estimated as Answer, Estimate } from "../../client/answers.ts";

/** Half the width of the bounds, in per cent of the estimate, rounded up. Undefined: exact, or not known. */
export function plusMinus({
  estimate,
  low,
  high,
}: Pick<Estimate["bytes"], "estimate" | "low" | "high">): number | undefined {
  if (estimate === null || low === null || high === null || estimate <= 0 || high <= low) return undefined;
  return Math.ceil((Math.max(high - estimate, estimate - low) / estimate) * 100);
}

/** Downloads that reach the origin, and their bytes by the mean of all. */
export function fromOrigin({ origin_fetches: fetches, bytes, tasks }: Estimate) {
  const count = fetches.expected ?? fetches.most;
  return {
    fetches: count,
    bytes: bytes.estimate === null || tasks === 0 ? undefined : (bytes.estimate / tasks) * count,
  };
}

/** A share in per cent, with one digit behind the point. What is less is told as that. */
export function percentOf(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 0.1 ? "< 0.1" : String(Number(percent.toFixed(1)));
}

/** An answer's warnings but the one of URLs that cannot be read: they have a list of their own, in the reader's language. */
export function otherWarnings({ warnings, estimate: { bytes } }: Answer): string[] {
  return warnings.filter((it) => !it.startsWith(`url_list: ${bytes.unreadable} of ${bytes.sampled} `));
}
