import { isLimited, type OriginLimits } from "../request/options.ts";
import { withTimeout } from "../retry.ts";
import { AdaptiveRate } from "./adaptive-rate.ts";
import { type AcquireOptions, OriginLimiter, type Permit } from "./origin-limiter.ts";
import { type CacheHeaders, isFromCache, isOverload, reachedOrigin, retryAfterMs } from "./origin-response.ts";
import type { ProcessOptions } from "./paced-calls.ts";

/** The rate of a host is read again after this time, and earlier for work that the host refused: other processes may have cut it. */
const HOST_READ_MS = 5_000;
/** Work does not wait longer until the rate of its host is known. */
const PREPARE_MS = 2_000;

/** Work that sends requests to one host: a task message, or the size probes of a request. */
export interface OriginWork {
  readonly req_id: string;
  readonly host: string;
  readonly origin?: OriginLimits | undefined;
  /** How often its URLs were refused before. */
  readonly tries?: number | undefined;
}

/** A response to a request of some work. */
export interface ObservedResponse {
  readonly work: OriginWork;
  readonly url: string;
  readonly pop: string;
  readonly response: CacheHeaders & {
    readonly httpStatus?: number | undefined;
    readonly wafAction?: string | undefined;
    readonly retryAfter?: string | undefined;
  };
  /** How long ago the request was sent, in milliseconds. */
  readonly elapsedMs: number;
  /** Whether it was expected that the request may reach the origin. */
  readonly mayReachOrigin: boolean;
}

/** Grants permits for the requests of some work to one host. */
export interface HostLimiter {
  /** Whether something waits for a permit or a slot. */
  readonly isBusy: boolean;
  acquire(options: Omit<AcquireOptions, "rate">): Permit | Promise<Permit>;
}

/** The limiters of all requests, and the rates of all hosts, that this process works on. */
export class OriginLimiterRegistry {
  private readonly rates = new Map<string, AdaptiveRate>();
  /** By request; those of requests without limits by host. */
  private readonly limiters = new Map<string, OriginLimiter>();
  private closeError: Error | undefined;

  constructor(private readonly options: ProcessOptions) {}

  /** Reads the rate of the host. Waits for it, at most PREPARE_MS, if it is unknown or the work was refused. */
  async prepare({ host, tries = 0 }: OriginWork): Promise<void> {
    const isKnown = this.rates.has(host);
    const reading = this.rateOf(host)
      .refresh(tries > 0 ? undefined : HOST_READ_MS)
      .catch((error: unknown) => this.options.onError?.(error, host));
    if (!isKnown || tries > 0) await withTimeout(PREPARE_MS, reading).catch(() => undefined);
  }

  /** @returns undefined: nothing limits the requests */
  limiterFor(work: OriginWork): HostLimiter | undefined {
    const rate = this.rateOf(work.host);
    if (!isLimited(work.origin) && !rate.isActive) return undefined;
    const limiter = this.limiterOf(work);
    return {
      isBusy: limiter.isBusy,
      acquire: ({ signal, isDeferrable, isContinuation, needsSendSlot }) =>
        limiter.acquire({ rate, signal, isDeferrable, isContinuation, needsSendSlot }),
    };
  }

  /** Records a response: it may cut the rate of its host; an unplanned fetch from the origin is a debt. */
  observe({ work, url, pop, response, elapsedMs, mayReachOrigin }: ObservedResponse): void {
    // AWS WAF responds before the origin is reached.
    if (response.wafAction !== undefined || response.httpStatus === undefined) return;
    const rate = this.rateOf(work.host);
    if (!mayReachOrigin && reachedOrigin(response) && isLimited(work.origin)) this.limiterOf(work).addDebt(rate);
    const isRefusal = isOverload(response.httpStatus);
    if (isFromCache(response) || (!mayReachOrigin && !isRefusal)) return;
    const now = this.options.now();
    rate.observe({
      url,
      pop,
      isRefusal,
      sentAt: now - elapsedMs,
      isRetry: (work.tries ?? 0) > 0,
      retryAfterMs: retryAfterMs(response.retryAfter, now),
    });
  }

  /** Ends all waiting, also of what comes later. */
  close(reason: Error): void {
    this.closeError = reason;
    for (const limiter of this.limiters.values()) limiter.close(reason);
  }

  /** Gives all permits back. Call it when no request is in progress. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.limiters.values()].map((limiter) => limiter.drain()));
  }

  private rateOf(host: string): AdaptiveRate {
    const rate = this.rates.get(host) ?? new AdaptiveRate({ ...this.options, host });
    this.rates.set(host, rate);
    return rate;
  }

  private limiterOf({ req_id, host, origin }: OriginWork): OriginLimiter {
    const limits = isLimited(origin) ? origin : {};
    const id = isLimited(origin) ? req_id : host;
    const known = this.limiters.get(id);
    if (known !== undefined) return known;
    for (const [other, limiter] of this.limiters) if (limiter.isIdle) this.limiters.delete(other);
    const limiter = new OriginLimiter({ ...this.options, id, limits });
    this.limiters.set(id, limiter);
    if (this.closeError !== undefined) limiter.close(this.closeError);
    return limiter;
  }
}
