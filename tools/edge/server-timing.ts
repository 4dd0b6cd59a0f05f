import type { Policy } from "./behaviour.ts";
import type { Layer, Source } from "./reply.ts";

/** What Server-Timing tells of an answer. */
export interface Timing {
  readonly pop: string;
  readonly source: Source;
  readonly refreshed: boolean;
  /** No layer is named. */
  readonly untold: boolean;
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
  return `cdn-cache-hit,${where},${timing.untold ? "" : `cdn-hit-layer;desc="${LAYER[source]}",`}${end}`;
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
