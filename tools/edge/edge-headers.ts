import type { Source } from "./reply.ts";
import { requestId } from "./request-id.ts";
import { serverTiming, type Timing } from "./server-timing.ts";

export interface Served extends Timing {
  readonly via: string;
  readonly status: number;
  /** Seconds since the origin gave the answer, or what else the policy says; undefined: no `Age`. */
  readonly age: number | undefined;
  /** Whether Server-Timing is sent. */
  readonly timed: boolean;
}

/** The value of `x-cache`. A REC's hit reads Hit like a POP's; only Server-Timing tells them apart. */
export function xCache({ status, source, refreshed }: { status: number; source: Source; refreshed: boolean }): string {
  if (source === "none" && status >= 300 && status < 400) return "Redirect from cloudfront";
  if (source === "none" || status >= 400) return "Error from cloudfront";
  if (refreshed) return "RefreshHit from cloudfront";
  return source === "origin" ? "Miss from cloudfront" : "Hit from cloudfront";
}

/** What CloudFront adds to an answer; name, value, name, value, … */
export function edgeHeaders(served: Served): string[] {
  const id = requestId();
  const { source, pop } = served;
  const headers = ["x-cache", xCache(served), "via", served.via, "x-amz-cf-pop", pop, "x-amz-cf-id", id];
  if (served.timed) headers.push("server-timing", serverTiming(served, id));
  if (source !== "none" && source !== "origin" && served.age !== undefined) headers.push("age", String(served.age));
  return headers;
}
