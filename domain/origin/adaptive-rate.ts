import { cutRate, rateAt } from "./aimd.ts";
import type { HostRate, PermitStore } from "./permit-store.ts";

/** Responses of this time decide. */
const WINDOW_MS = 10_000;
const MAX_RESPONSES = 2_000;
/** One URL that fails is no reason to send fewer requests, nor are some URLs of many. */
const MIN_REFUSED_URLS = 2;
const TOLERATED_SHARE = 0.03;
/** So many good responses of others show that a POP, or a URL that was refused before, is the cause. */
const MIN_OTHERS = 3;
/** Before the first cut: the good responses that are in flight tell the rate that the host accepts. */
const MEASURE_MS = 1_000;
/** How long the shared rate that was read is used. */
const READ_INTERVAL_MS = 1_000;

/** A response of the origin to a request that may be counted. */
export interface OriginResponse {
  readonly url: string;
  readonly pop: string;
  readonly sentAt: number;
  /** 429, 502, 503 or 504 */
  readonly isRefusal: boolean;
  readonly retryAfterMs?: number | undefined;
  /** Whether this URL was refused before. */
  readonly isRetry: boolean;
}

export interface AdaptiveRateOptions {
  readonly store: Pick<PermitStore, "hostRate" | "cutHostRate">;
  readonly host: string;
  readonly now: () => number;
  readonly onCut?: (host: HostRate) => void;
}

/** The rate that one host accepts (AIMD). All processes share it; each judges the responses that it receives. */
export class AdaptiveRate {
  private shared: HostRate | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> = Promise.resolve();
  private measureUntil = 0;
  private isWriting = false;
  private responses: OriginResponse[] = [];
  private readonly refusedUrls = new Set<string>();

  constructor(private readonly options: AdaptiveRateOptions) {}

  /** Requests per second of all processes together; Infinity: no limit. */
  perSecond(): number {
    return rateAt(this.shared, this.options.now());
  }

  /** The host receives no request before this time. */
  get notBefore(): number {
    return Math.max(this.measureUntil, this.shared?.notBefore ?? 0);
  }

  /** Whether requests to the host must wait for a permit. */
  get isActive(): boolean {
    const now = this.options.now();
    return this.notBefore > now || rateAt(this.shared, now) !== Number.POSITIVE_INFINITY;
  }

  /** Reads the shared rate, at most once per second. @throws what the store throws */
  refresh(): Promise<void> {
    const now = this.options.now();
    if (now - this.readAt >= READ_INTERVAL_MS) {
      this.readAt = now;
      this.reading = this.read();
    }
    return this.reading;
  }

  private async read(): Promise<void> {
    this.shared = (await this.options.store.hostRate(this.options.host)) ?? this.shared;
  }

  observe(response: OriginResponse): void {
    const isRetry = response.isRetry || this.refusedUrls.has(response.url);
    if (response.isRefusal) this.refusedUrls.add(response.url);
    else this.refusedUrls.delete(response.url);
    const since = this.options.now() - WINDOW_MS;
    if (this.responses.length >= MAX_RESPONSES || (this.responses[0]?.sentAt ?? since) < since)
      this.responses = this.responses.filter(({ sentAt }) => sentAt >= since).slice(-MAX_RESPONSES / 2);
    this.responses.push({ ...response, isRetry });
    if (response.isRefusal && !this.isWriting && this.isThrottling()) void this.cut(response.sentAt);
  }

  private get recent(): OriginResponse[] {
    const since = Math.max(this.options.now() - WINDOW_MS, this.shared?.cutAt ?? 0);
    return this.responses.filter(({ sentAt }) => sentAt > since);
  }

  /** Whether the host, and not one POP or a few URLs, refuses requests. */
  private isThrottling(): boolean {
    const { recent } = this;
    const good = recent.filter(({ isRefusal }) => !isRefusal);
    const refused = recent.filter(({ isRefusal }) => isRefusal);
    const pops = new Set(refused.map(({ pop }) => pop));
    if (pops.size === 1 && good.filter(({ pop }) => !pops.has(pop)).length >= MIN_OTHERS) return false;
    // If URLs that were refused before are refused again, and others are not, then they are the cause.
    const isOwnFault = good.length >= MIN_OTHERS && 2 * count(good, isRetry) < count(refused, isRetry);
    const urls = new Set(refused.filter((it) => !(isOwnFault && it.isRetry)).map(({ url }) => url));
    return urls.size >= MIN_REFUSED_URLS && urls.size > TOLERATED_SHARE * recent.length;
  }

  private async cut(sentAt: number): Promise<void> {
    const { store, host, now, onCut } = this.options;
    const isUnlimited = this.perSecond() === Number.POSITIVE_INFINITY;
    this.isWriting = true;
    try {
      if (isUnlimited) {
        this.measureUntil = now() + MEASURE_MS;
        await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
        if (!this.isThrottling()) return;
      }
      this.shared = (await store.hostRate(host)) ?? this.shared;
      const { recent } = this;
      const refused = recent.filter(({ isRefusal }) => isRefusal);
      const next = cutRate(this.shared, {
        now: now(),
        sentAt: Math.max(sentAt, ...refused.map((it) => it.sentAt)),
        accepted: this.acceptedPerSecond(sentAt),
        isFirst: isUnlimited,
        responses: recent.length,
        refused: refused.length,
        retryAfterMs: Math.max(0, ...refused.map(({ retryAfterMs = 0 }) => retryAfterMs)),
      });
      if (next === undefined) return;
      this.shared = await store.cutHostRate(host, this.shared, next);
      onCut?.(this.shared);
    } catch {
      // The next refusal tries again.
    } finally {
      this.isWriting = false;
    }
  }

  /** Requests of this process that the host accepted in the second before the refused one. */
  private acceptedPerSecond(moment: number): number {
    return this.responses.filter((it) => !it.isRefusal && it.sentAt > moment - 1_000 && it.sentAt <= moment).length;
  }
}

function isRetry(response: OriginResponse): boolean {
  return response.isRetry;
}

function count(responses: readonly OriginResponse[], is: (response: OriginResponse) => boolean): number {
  return responses.filter(is).length;
}
