import type { Source } from "./reply.ts";
import { requestId } from "./request-id.ts";

export interface Served {
  readonly pop: string;
  readonly via: string;
  readonly status: number;
  readonly source: Source;
  readonly refreshed: boolean;
  /** Milliseconds since the origin gave the answer. */
  readonly ageMs: number;
}

const HIT_LAYER = { pop: "EDGE", rec: "REC" } as const;

/** The value of `x-cache`. A REC's hit reads Hit like a POP's; only Server-Timing tells them apart. */
export function xCache({ status, source, refreshed }: Pick<Served, "status" | "source" | "refreshed">): string {
  if (source === "none" && status >= 300 && status < 400) return "Redirect from cloudfront";
  if (source === "none" || status >= 400) return "Error from cloudfront";
  if (refreshed) return "RefreshHit from cloudfront";
  return source === "origin" ? "Miss from cloudfront" : "Hit from cloudfront";
}

/** What CloudFront adds to an answer; name, value, name, value, … */
export function edgeHeaders(served: Served): string[] {
  const id = requestId();
  const headers = [
    "x-cache",
    xCache(served),
    "via",
    served.via,
    "x-amz-cf-pop",
    served.pop,
    "x-amz-cf-id",
    id,
    "server-timing",
    serverTiming(served, id),
  ];
  if (served.source in HIT_LAYER) headers.push("age", String(Math.max(0, Math.floor(served.ageMs / 1000))));
  return headers;
}

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
function serverTiming({ pop, source, refreshed }: Served, id: string): string {
  const where = `cdn-pop;desc="${pop}",cdn-rid;desc="${id}"`;
  if (source === "none") return where;
  if (source === "origin") return `cdn-upstream-layer;desc="REC",cdn-cache-miss,${where}`;
  return `${refreshed ? "cdn-cache-refresh" : "cdn-cache-hit"},${where},cdn-hit-layer;desc="${HIT_LAYER[source]}"`;
}
