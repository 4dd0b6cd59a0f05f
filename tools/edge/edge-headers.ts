import { randomFillSync } from "node:crypto";
import type { Policy } from "./behaviour.ts";
import type { Found } from "./exchange.ts";
import type { Layer, Source } from "./reply.ts";

export interface Served extends Timing {
  readonly via: string;
  readonly xCache: string;
  /** Seconds since the origin gave the answer, or what else the policy says; undefined: no `Age`. */
  readonly age: number | undefined;
  /** Whether Server-Timing is sent. */
  readonly timed: boolean;
}

/** The value of `x-cache`. A REC's hit reads Hit like a POP's; only Server-Timing tells them apart. */
export function xCacheOf({ reply: { status }, source, refreshed, xCache }: Found): string {
  if (xCache !== undefined) return xCache;
  if (source === "none" && status >= 300 && status < 400) return "Redirect from cloudfront";
  if (source === "none" || status >= 400) return "Error from cloudfront";
  if (refreshed) return "RefreshHit from cloudfront";
  return source === "origin" ? "Miss from cloudfront" : "Hit from cloudfront";
}

/**
 * What CloudFront adds to an answer; name, value, name, value, … in the order and the spelling that HTTP/1.1 recordings of
 * 2024 have. No recording shows the place of Server-Timing: a response headers policy adds it, and those headers come last.
 */
export function edgeHeaders(served: Served): string[] {
  const id = requestId();
  const headers = ["X-Cache", served.xCache, "Via", served.via, "X-Amz-Cf-Pop", served.pop, "X-Amz-Cf-Id", id];
  if (served.age !== undefined) headers.push("Age", String(served.age));
  if (served.timed) headers.push("Server-Timing", serverTiming(served, id));
  return headers;
}

/** What Server-Timing tells of an answer. */
export interface Timing {
  readonly pop: string;
  readonly source: Source;
  readonly refreshed: boolean;
  /** No layer is named. */
  readonly noLayer: boolean;
  /** The layer that asked the origin. */
  readonly askedBy: Layer;
  /** Milliseconds from the request to the origin to its first byte. */
  readonly originMs: number;
  /** Milliseconds from the client's request to the answer. */
  readonly answerMs: number;
}

const LAYER = { pop: "EDGE", rec: "REC", shield: "Origin Shield", origin: "REC" } as const;

/**
 * The value of Server-Timing, with the request id that also stands in `x-amz-cf-id`.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header
 */
export function serverTiming(timing: Timing, requestId: string): string {
  const { source } = timing;
  const where = `cdn-pop;desc="${timing.pop}",cdn-rid;desc="${requestId}"`;
  const end = `cdn-downstream-fbl;dur=${Math.round(timing.answerMs)}`;
  if (source === "none") return `${where},${end}`;
  if (source === "origin") {
    const upstream = `cdn-upstream-layer;desc="${LAYER[timing.askedBy]}",cdn-upstream-dns;dur=0,cdn-upstream-connect;dur=0`;
    return `${upstream},cdn-upstream-fbl;dur=${Math.round(timing.originMs)},cdn-cache-miss,${where},${end}`;
  }
  // CloudFront names a layer only where the origin was not asked at all.
  if (timing.refreshed) return `cdn-cache-refresh,${where},${end}`;
  return `cdn-cache-hit,${where},${timing.noLayer ? "" : `cdn-hit-layer;desc="${LAYER[source]}",`}${end}`;
}

/** Chooses the answers that carry Server-Timing: of a share of 25 per cent, each fourth one. */
export class Sampling {
  readonly #saved = new Map<number, number>();

  isDue({ serverTiming: share }: Pick<Policy, "serverTiming">, pragma: string | undefined): boolean {
    if (share === "off") return false;
    if (share >= 100 || (pragma !== undefined && /(^|,)\s*server-timing\s*(,|$)/i.test(pragma))) return true;
    const saved = (this.#saved.get(share) ?? 0) + share;
    this.#saved.set(share, saved % 100);
    return saved >= 100;
  }
}

const ID_BYTES = 40;
const pool = Buffer.alloc(ID_BYTES * 128);
let used = pool.length;

/** An `x-amz-cf-id`: 56 characters of base64url with its padding. Random bytes are drawn for many ids at a time. */
export function requestId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return `${pool.toString("base64url", used - ID_BYTES, used)}==`;
}
