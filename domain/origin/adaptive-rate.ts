// Additive increase, multiplicative decrease (AIMD) of the rate of requests to a host that throttles. The increase is a function of the time
// since the last cut, so that no process writes it. https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease
import { withTimeout } from "../retry.ts";
import { CALL_TIMEOUT_MS, type ProcessOptions } from "./paced-calls.ts";
import type { HostRate } from "./permit-store.ts";

const DECREASE_FACTOR = 0.7;
/** With MIN_RESPONSES or more, the rate is multiplied by the accepted share if that is below DECREASE_FACTOR, but by no less than this. */
const MIN_DECREASE_FACTOR = 0.1;
const MIN_RESPONSES = 20;
/** Refusals within this time after a cut were caused by the rate before it. */
const CUT_INTERVAL_MS = 2_000;
/** For this long after the first cut, other processes add their accepted rates, and refusals cause no further cut. */
const JOIN_MS = 4_000;
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
/** Responses of this time decide. */
const WINDOW_MS = 10_000;
const MAX_RESPONSES = 2_000;
/** A URL that was refused within this time is expected to be refused again. */
const REFUSED_KEPT_MS = 600_000;
/** One URL that fails is no reason to send fewer requests, nor are some URLs of many. */
const MIN_REFUSED_URLS = 2;
const TOLERATED_SHARE = 0.03;
/** With this many accepted responses of other POPs or URLs, the refusing POP or the URLs refused before are the cause, not the host. */
const MIN_OTHERS = 3;
/** Before the first cut: the good responses that are in flight tell the rate that the host accepts. */
const MEASURE_MS = 1_000;
/** How long the shared rate that was read is used. */
const READ_INTERVAL_MS = 1_000;
/** After this time, other processes follow a cut, too. */
const SETTLE_MS = 1_000;

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

/** What one process has seen of a host since the last cut. */
export interface Refusals {
  readonly now: number;
  /** When the last refused request was sent. */
  readonly sentAt: number;
  /** Requests of this process per second that the host accepted before them. */
  readonly accepted: number;
  /** Whether this process had no limit before. */
  readonly isFirst: boolean;
  /** Responses, and how many of them were refusals. */
  readonly responses: number;
  readonly refused: number;
  readonly retryAfterMs: number;
}

/** The rate after a cut; undefined: the last cut already accounts for these refusals. */
export function cutRate(host: HostRate | undefined, refusals: Refusals): HostRate | undefined {
  const { now, sentAt, accepted, isFirst, responses, refused, retryAfterMs } = refusals;
  const before = rateAt(host, now);
  if (host !== undefined && isFirst && before !== Number.POSITIVE_INFINITY)
    // Another process has made the first cut, by what the host accepted from it.
    return accepted > 0 && now - host.cutAt < JOIN_MS
      ? { ...host, rate: host.rate + DECREASE_FACTOR * accepted }
      : undefined;
  if (host !== undefined && (now - host.cutAt < CUT_INTERVAL_MS || sentAt <= host.cutAt)) return undefined;
  const good = responses - refused;
  const share = responses >= MIN_RESPONSES ? Math.max(MIN_DECREASE_FACTOR, good / responses) : DECREASE_FACTOR;
  const rate =
    before === Number.POSITIVE_INFINITY
      ? DECREASE_FACTOR * Math.max(MIN_FIRST_RATE, accepted)
      : before * Math.min(DECREASE_FACTOR, share);
  const pauseMs = good > 0 ? Math.min(retryAfterMs, MAX_PAUSE_MS) : retryAfterMs;
  return { rate: Math.max(MIN_RATE, rate), cutAt: now, notBefore: now + pauseMs };
}

/** A response of the origin to a request that may be counted. */
export interface HostResponse {
  readonly url: string;
  readonly pop: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** 429, 502, 503 or 504 */
  readonly isRefusal: boolean;
  readonly retryAfterMs?: number | undefined;
  /** Whether this URL was refused before. */
  readonly isRetry: boolean;
}

/** The rate that one host accepts (AIMD). All processes share it; each judges the responses that it receives. */
export class AdaptiveRate {
  private shared: HostRate | undefined;
  /** Since when all processes are expected to follow the last cut: refusals of requests that were sent before are no reason for another. */
  private followedSince = 0;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> = Promise.resolve();
  private measureUntil = 0;
  private isWriting = false;
  private responses: HostResponse[] = [];
  /** When each was refused last. */
  private readonly refusedUrls = new Map<string, number>();

  constructor(private readonly options: ProcessOptions & { readonly host: string }) {}

  get host(): string {
    return this.options.host;
  }

  /** Requests per second of all processes together; Infinity: no limit. */
  perSecond(): number {
    return rateAt(this.shared, this.options.now());
  }

  /** The host receives no request before this time. */
  get notBefore(): number {
    return Math.max(this.measureUntil, this.shared?.notBefore ?? 0);
  }

  /** Whether requests to the host must wait for a slot. */
  get isActive(): boolean {
    return this.notBefore > this.options.now() || this.perSecond() !== Number.POSITIVE_INFINITY;
  }

  /** Reads the shared rate, unless it was read within `maxAgeMs`. @returns when it is known @throws what the store throws */
  refresh(maxAgeMs = READ_INTERVAL_MS): Promise<void> {
    const now = this.options.now();
    if (now - this.readAt >= maxAgeMs) {
      this.readAt = now;
      this.reading = this.read();
    }
    return this.reading;
  }

  private async read(): Promise<void> {
    this.adopt(await this.options.store.hostRate(this.options.host));
  }

  /** A cut of this process may not be in the store. */
  private adopt(rate: HostRate | undefined): void {
    if (rate !== undefined && rate.cutAt >= (this.shared?.cutAt ?? 0)) this.follow(rate);
  }

  private follow(rate: HostRate): void {
    const settleMs = this.perSecond() === Number.POSITIVE_INFINITY ? JOIN_MS : SETTLE_MS;
    if (rate.cutAt !== this.shared?.cutAt) this.followedSince = this.options.now() + settleMs;
    this.shared = rate;
  }

  /** Records a response. It may cut the rate, asynchronously; errors of the store are ignored. */
  observe(response: HostResponse): void {
    const refusedAt = this.refusedUrls.get(response.url) ?? Number.NEGATIVE_INFINITY;
    const isRetry = response.isRetry || this.options.now() - refusedAt < REFUSED_KEPT_MS;
    this.refusedUrls.delete(response.url);
    if (response.isRefusal) this.refusedUrls.set(response.url, this.options.now());
    const [oldest] = this.refusedUrls.keys();
    if (this.refusedUrls.size > MAX_RESPONSES && oldest !== undefined) this.refusedUrls.delete(oldest);
    const since = this.options.now() - WINDOW_MS;
    if (this.responses.length >= MAX_RESPONSES || (this.responses[0]?.sentAt ?? since) < since)
      this.responses = this.responses.filter(({ sentAt }) => sentAt >= since).slice(-MAX_RESPONSES / 2);
    this.responses.push({ ...response, isRetry });
    if (response.isRefusal && !this.isWriting && this.isThrottling()) void this.cut(response.sentAt);
  }

  private recent() {
    const since = Math.max(this.options.now() - WINDOW_MS, this.followedSince);
    const all = this.responses.filter(({ sentAt }) => sentAt > since);
    const refused = all.filter(({ isRefusal }) => isRefusal);
    return { all, refused, good: all.filter(({ isRefusal }) => !isRefusal) };
  }

  /** Whether the host, and not one POP or a few URLs, refuses requests. */
  private isThrottling(): boolean {
    const { all, refused, good } = this.recent();
    const pops = new Set(refused.map(({ pop }) => pop));
    if (pops.size === 1 && good.filter(({ pop }) => !pops.has(pop)).length >= MIN_OTHERS) return false;
    // If URLs that were refused before are refused again, and others are not, then they are the cause.
    const retriesOf = (some: readonly HostResponse[]) => some.filter(({ isRetry }) => isRetry).length;
    const isOwnFault = good.length >= MIN_OTHERS && 2 * retriesOf(good) < retriesOf(refused);
    const urls = new Set(refused.filter((it) => !(isOwnFault && it.isRetry)).map(({ url }) => url));
    return urls.size >= MIN_REFUSED_URLS && urls.size > TOLERATED_SHARE * all.length;
  }

  private async cut(sentAt: number): Promise<void> {
    const { store, host, now, onCut } = this.options;
    const isFirst = this.perSecond() === Number.POSITIVE_INFINITY;
    this.isWriting = true;
    try {
      if (isFirst) {
        this.measureUntil = now() + MEASURE_MS;
        await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
        if (!this.isThrottling()) return;
      }
      const seen = await withTimeout(CALL_TIMEOUT_MS, store.hostRate(host)).catch(() => this.shared);
      this.adopt(seen);
      const { all, refused } = this.recent();
      const next = cutRate(this.shared, {
        now: now(),
        sentAt: Math.max(sentAt, ...refused.map((it) => it.sentAt)),
        accepted: this.acceptedPerSecond(sentAt),
        isFirst,
        responses: all.length,
        refused: refused.length,
        retryAfterMs: Math.max(0, ...refused.map(({ retryAfterMs = 0 }) => retryAfterMs)),
      });
      if (next === undefined) return;
      // It holds here, also if the store does not take it.
      this.follow(next);
      onCut?.(host, next.rate);
      this.adopt(await withTimeout(CALL_TIMEOUT_MS, store.cutHostRate(host, seen, next)));
    } catch {
      // The next cut tries again.
    } finally {
      this.isWriting = false;
    }
  }

  /** Requests of this process that the host accepted in the second before the refused one. */
  private acceptedPerSecond(moment: number): number {
    return this.responses.filter((it) => !it.isRefusal && it.sentAt > moment - 1_000 && it.sentAt <= moment).length;
  }
}
