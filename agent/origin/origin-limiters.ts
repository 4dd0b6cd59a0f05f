import type { Logger } from "pino";
import { AdaptiveRate } from "../../domain/origin/adaptive-rate.ts";
import { OriginLimiter } from "../../domain/origin/origin-limiter.ts";
import type { PermitStore } from "../../domain/origin/permit-store.ts";
import { isOverload } from "../../domain/origin/refusal.ts";
import { retryAfterMs } from "../../domain/origin/retry-after.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited } from "../../domain/request/origin-limits.ts";
import type { Answer } from "../download/answer.ts";
import { isFromCache, reachedOrigin } from "./reached-origin.ts";

/** How old the rate of a host without limits may be: other processes may have cut it. */
const HOST_READ_MS = 5_000;

export interface OriginLimitersOptions {
  readonly store: PermitStore;
  readonly now: () => number;
  /** When the last heartbeat for a request that was written was sent, by `now`. */
  readonly heartbeatAt: (reqId: string) => number;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** A response to a request for a URL of a message. */
export interface Observed {
  readonly message: TaskMessage;
  readonly url: string;
  readonly answer: Answer;
  readonly sentAt: number;
  /** Whether it was expected that the request may reach the origin. */
  readonly mayReachOrigin: boolean;
}

/** The limiters of all requests and hosts that this process works on. */
export class OriginLimiters {
  private readonly rates = new Map<string, { readonly rate: AdaptiveRate; readAt: number }>();
  /** By request and host. */
  private readonly limiters = new Map<string, OriginLimiter>();

  constructor(private readonly options: OriginLimitersOptions) {}

  /** The limiter that the requests of a message need; undefined: nothing limits them. */
  async limiterFor(message: TaskMessage): Promise<OriginLimiter | undefined> {
    const { origin, host, tries } = message;
    const rate = await this.rateOf(host, tries !== undefined);
    if (!isLimited(origin) && !rate.isActive) return undefined;
    return this.limiterOf(message, rate);
  }

  observe({ message, url, answer, sentAt, mayReachOrigin }: Observed): void {
    // AWS WAF responds before the origin is reached.
    if (answer.wafAction !== undefined || answer.httpStatus === undefined) return;
    const known = this.rates.get(message.host);
    if (!mayReachOrigin && reachedOrigin(answer) && isLimited(message.origin) && known !== undefined)
      this.limiterOf(message, known.rate).addDebt();
    const isRefusal = isOverload(answer.httpStatus);
    if (isFromCache(answer) || (!mayReachOrigin && !isRefusal)) return;
    known?.rate.observe({
      url,
      pop: message.pop,
      sentAt,
      isRefusal,
      isRetry: (message.tries ?? 0) > 0,
      retryAfterMs: retryAfterMs(answer.retryAfter, this.options.now()),
    });
  }

  /** Nothing waits any more. */
  close(reason: Error): void {
    for (const limiter of this.limiters.values()) limiter.close(reason);
  }

  /** Gives all permits back. Call it when no request is in progress. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.limiters.values()].map((limiter) => limiter.drain()));
  }

  private limiterOf({ req_id, host, origin = {} }: TaskMessage, rate: AdaptiveRate): OriginLimiter {
    const key = `${req_id} ${host}`;
    const known = this.limiters.get(key);
    if (known !== undefined) return known;
    for (const [other, limiter] of this.limiters) if (limiter.isIdle) this.limiters.delete(other);
    const { store, now, heartbeatAt, logger } = this.options;
    const limiter = new OriginLimiter({
      ...{ reqId: req_id, limits: origin, store, rate, now },
      heartbeatAt: () => heartbeatAt(req_id),
      onError: (err) => logger.warn({ err, req_id }, "Origin limits are not available; sending fewer requests"),
    });
    this.limiters.set(key, limiter);
    return limiter;
  }

  private async rateOf(host: string, mustBeFresh: boolean): Promise<AdaptiveRate> {
    const { store, now, logger } = this.options;
    const known = this.rates.get(host);
    const onCut = ({ rate }: { rate: number }) => logger.info({ host, rate }, "Origin is throttling; backing off");
    const entry = known ?? { rate: new AdaptiveRate({ store, host, now, onCut }), readAt: now() };
    this.rates.set(host, entry);
    const isDue = now() - entry.readAt > HOST_READ_MS;
    if (isDue) entry.readAt = now();
    // The first request waits until the rate is known; later ones only if the host has refused.
    const reading =
      known === undefined || mustBeFresh || isDue ? entry.rate.refresh().catch(() => undefined) : undefined;
    if (known === undefined || mustBeFresh) await reading;
    return entry.rate;
  }
}
