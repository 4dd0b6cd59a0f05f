// Additive increase, multiplicative decrease (AIMD) of the rate of requests to a host that throttles. The increase is a function of the time
// since the last cut, so that no process writes it. https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
import type { HostRate } from "./permit-store.ts";

const CUT = 0.7;
/** How long after the first cut other processes add what the host accepted from them. */
const JOIN_MS = 5_000;
/** If most of many responses are refusals, the rate is far too high: it is multiplied by the share that the host accepted, at least by this. */
const MAX_CUT = 0.1;
const MIN_RESPONSES = 20;
/** Refusals within this time after a cut were caused by the rate before it. */
const CUT_INTERVAL_MS = 2_000;
/** Requests per second. Below MIN_RATE, recovery would not be noticed; above MAX_RATE, the host is not throttled any more. */
const MIN_RATE = 0.2;
const MAX_RATE = 1_000;
/** An origin that is slow may have accepted more than it has answered. */
const MIN_FIRST_RATE = 5;
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
  /** Requests of this process per second that the host accepted before it. */
  readonly accepted: number;
  /** Whether this process had no limit before. */
  readonly isFirst: boolean;
  /** Responses since the last cut, and how many of them were refusals. */
  readonly responses: number;
  readonly refused: number;
  readonly retryAfterMs: number;
}

/** The rate after a refusal; undefined: the refusal belongs to the last cut. */
export function cutRate(host: HostRate | undefined, refusal: Refusal): HostRate | undefined {
  const { now, sentAt, accepted, isFirst, responses, refused, retryAfterMs } = refusal;
  const before = rateAt(host, now);
  if (host !== undefined && isFirst && before !== Number.POSITIVE_INFINITY)
    // Another process has made the first cut, by what the host accepted from it.
    return accepted > 0 && now - host.cutAt < JOIN_MS ? { ...host, rate: host.rate + CUT * accepted } : undefined;
  if (host !== undefined && (now - host.cutAt < CUT_INTERVAL_MS || sentAt <= host.cutAt)) return undefined;
  const good = responses - refused;
  const rate =
    before === Number.POSITIVE_INFINITY
      ? CUT * Math.max(MIN_FIRST_RATE, accepted)
      : before * (responses >= MIN_RESPONSES ? Math.min(CUT, Math.max(MAX_CUT, good / responses)) : CUT);
  const pauseMs = good > 0 ? Math.min(retryAfterMs, MAX_PAUSE_MS) : retryAfterMs;
  return { rate: Math.max(MIN_RATE, rate), cutAt: now, notBefore: now + pauseMs };
}
