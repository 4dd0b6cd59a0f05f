import type { Estimate } from "../../client/answers.ts";

/** Half the width of the bounds, in per cent of the estimate, rounded up. Undefined: exact, or not known. */
export function plusMinus({ estimate, low, high }: Estimate["bytes"]): number | undefined {
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
