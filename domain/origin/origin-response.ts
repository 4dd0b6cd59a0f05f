// What a response shows of the load that its origin accepts.
import { isHit, tierOf } from "../result/outcome.ts";

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
