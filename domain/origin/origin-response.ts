// What a response shows of the load that its origin accepts.
import { uncacheableHeader } from "../result/failure.ts";
import { isHit, tierOf } from "../result/outcome.ts";
import { cacheStatusOf, parseAge } from "../result/proof.ts";

/** Statuses by which an origin, or the edge for it, refuses requests because there are too many. */
const OVERLOAD = new Set<number | undefined>([429, 502, 503, 504]);
/** Of these, those that ask the client to try again later: such a task has more attempts. */
const TRY_LATER = new Set<number | undefined>([429, 503]);

export function isOverload(status: number | undefined): boolean {
  return OVERLOAD.has(status);
}

export function isThrottled(status: number | undefined): boolean {
  return TRY_LATER.has(status);
}

/** A server that asks for more has a wrong clock, or uses another unit. */
const MAX_RETRY_AFTER_MS = 900_000;
const SECONDS = /^\d{1,9}$/;
/** `Sun, 06 Nov 1994 08:49:37 GMT`. `Date.parse` alone takes nearly everything for a date. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * The delay that a server asks for: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * @param value of Retry-After: seconds, or a date
 * @param now milliseconds since the epoch
 * @returns milliseconds, at most 15 minutes; undefined: it does not say
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  const ms = SECONDS.test(text) ? Number(text) * 1_000 : HTTP_DATE.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

/** The headers of a response that show which cache it came from. */
export interface CacheHeaders {
  readonly xCache?: string | undefined;
  readonly serverTiming?: string | undefined;
  readonly age?: string | undefined;
}

/** Whether Server-Timing shows that the origin received the request. It names the tier that responded only if the origin did not. */
export function reachedOrigin({ xCache = "", serverTiming }: CacheHeaders): boolean {
  return serverTiming !== undefined && tierOf(serverTiming) === undefined && /^(miss|refreshhit)\b/i.test(xCache);
}

/** Whether a cache responded: then the response shows nothing of the origin. An error that a cache keeps has an age. */
export function isFromCache({ xCache, serverTiming, age }: CacheHeaders): boolean {
  return isHit({ xCache }) || tierOf(serverTiming) !== undefined || Number(age ?? 0) > 0;
}

/** Seconds within which the next requests of a task are sent, after pauses and waits for slots. */
const NEXT_REQUESTS_SECONDS = 60;

/** Headers that limit for how long a cache may use a response. */
interface LifetimeHeaders extends CacheHeaders {
  readonly cacheControl?: string | undefined;
  readonly expires?: string | undefined;
  readonly vary?: string | undefined;
}

/**
 * Whether the next requests for an object are expected to be answered by a cache, as far as its headers say. A minimum TTL of the
 * distribution may keep it for longer.
 * @param now milliseconds since the epoch
 */
export function staysInCache(answer: LifetimeHeaders, now: number): boolean {
  if (uncacheableHeader(answer) !== undefined || cacheStatusOf(answer.xCache) === "REFRESH_HIT") return false;
  const lifetime = lifetimeOf(answer, now);
  return lifetime === undefined || lifetime - (parseAge(answer.age) ?? 0) > NEXT_REQUESTS_SECONDS;
}

/** Seconds, https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1; undefined: no header says it. */
function lifetimeOf({ cacheControl = "", expires, age }: LifetimeHeaders, now: number): number | undefined {
  const seconds = (S_MAXAGE.exec(cacheControl) ?? MAX_AGE.exec(cacheControl))?.[1];
  if (seconds !== undefined) return Number(seconds);
  if (expires === undefined) return undefined;
  const left = (Date.parse(expires) - now) / 1_000;
  // "0" and other values that are no date mean that it has expired. The date does not move while the response is kept.
  return Number.isNaN(left) ? 0 : left + (parseAge(age) ?? 0);
}

const S_MAXAGE = /(?:^|[,\s])s-maxage\s*=\s*"?(\d{1,10})/i;
const MAX_AGE = /(?:^|[,\s])max-age\s*=\s*"?(\d{1,10})/i;
