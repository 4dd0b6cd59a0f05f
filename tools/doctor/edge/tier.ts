/**
 * Which layer had the object, as the answer itself tells: `EDGE`, `REC`, `Origin Shield`; `origin` where none of them had
 * it. Undefined without Server-Timing, for x-cache alone does not tell a POP's hit from a regional cache's.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
 */
export function tierOf(serverTiming: string | undefined): string | undefined {
  if (serverTiming === undefined) return undefined;
  const layer = /cdn-hit-layer;desc="?([^",;]+)/.exec(serverTiming)?.[1];
  if (layer !== undefined) return layer;
  return /cdn-cache-miss/.test(serverTiming) ? "origin" : undefined;
}

/** Whether x-cache says that a cache had it: `Hit from cloudfront`, `RefreshHit from cloudfront`. */
export function isHit(xCache: string | undefined): boolean {
  return /^(Refresh)?Hit\b/i.test(xCache ?? "");
}
