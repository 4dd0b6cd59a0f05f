import type { OriginLimits } from "../request/origin-limits.ts";
import { turnsPerSecond } from "./turns.ts";

/**
 * How many processes may share the limits of a request: each has a seat, and about a turn a second. With more of them, each
 * would wait long for its turn, and who has none would hold what others could ask for.
 */
export function mostSharers({ requests_per_second: perSecond, concurrency }: OriginLimits): number {
  const turns = perSecond === undefined ? Number.POSITIVE_INFINITY : Math.floor(turnsPerSecond(perSecond));
  return Math.max(1, Math.min(concurrency ?? Number.POSITIVE_INFINITY, turns));
}
