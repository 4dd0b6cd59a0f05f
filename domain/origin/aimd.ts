// Additive increase, multiplicative decrease (AIMD) of the rate of requests to a host that throttles. The increase is a function of the time
// since the last cut, so that no process writes it. https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
import type { HostRate } from "./permit-store.ts";

const CUT = 0.7;
/** Refusals within this time after a cut were caused by the rate before it. */
const CUT_INTERVAL_MS = 2_000;
/** Requests per second. Below MIN_RATE, recovery would not be noticed; above MAX_RATE, the host is not throttled any more. */
const MIN_RATE = 0.2;
const MAX_RATE = 1_000;
/** `Retry-After` delays the whole host no longer than this while it answers other requests. */
const MAX_PAUSE_MS = 1_000;
/** Growth per second: slow near the rate that was refused, faster when no request was refused for long. */
const GROWTH = [
  { untilMs: 20_000, perSecond: 0.015 },
  { untilMs: 60_000, perSecond: 0.05 },
  { untilMs: Number.POSITIVE_INFINITY, perSecond: 0.1 },
];

/** Requests per second that all processes together may send; Infinity: no limit. */
export function rateAt(host: HostRate | undefined, now: number): number {
  if (host === undefined) return Number.POSITIVE_INFINITY;
  const since = Math.max(0, now - Math.max(host.cutAt, host.notBefore));
  let exponent = 0;
  let from = 0;
  for (const { untilMs, perSecond } of GROWTH) {
    exponent += (perSecond * (Math.min(since, untilMs) - Math.min(since, from))) / 1_000;
    from = untilMs;
  }
  const rate = host.rate * Math.exp(exponent);
  return rate > MAX_RATE ? Number.POSITIVE_INFINITY : rate;
}

export interface Refusal {
  readonly now: number;
  /** When the refused request was sent. */
  readonly sentAt: number;
  /** Requests per second that the host accepted before it; used for the first cut. */
  readonly accepted: number;
  readonly retryAfterMs: number;
  /** Whether the host has answered any request since the last cut. */
  readonly isAnswering: boolean;
}

/** The rate after a refusal; undefined: the refusal belongs to the last cut. */
export function cutRate(host: HostRate | undefined, refusal: Refusal): HostRate | undefined {
  const { now, sentAt, accepted, retryAfterMs, isAnswering } = refusal;
  if (host !== undefined && (now - host.cutAt < CUT_INTERVAL_MS || sentAt <= host.cutAt)) return undefined;
  const before = rateAt(host, now);
  const rate = Math.max(MIN_RATE, CUT * (before === Number.POSITIVE_INFINITY ? accepted : before));
  const pauseMs = isAnswering ? Math.min(retryAfterMs, MAX_PAUSE_MS) : retryAfterMs;
  return { rate, cutAt: now, notBefore: now + pauseMs };
}
