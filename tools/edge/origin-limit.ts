/** What an origin takes, and how it refuses the rest. */
export interface OriginLimit {
  /** It serves so many requests in any 1,000 milliseconds. Those that it refuses do not count. */
  readonly perSecond: number;
  /** @default 503 */
  readonly status?: 429 | 503;
  /**
   * Retry-After, in its form of seconds or of a date.
   * @default no such header
   */
  readonly retryAfter?: { readonly seconds: number; readonly form: "seconds" | "date" };
}

/** Serves the origin of each distribution up to its limit. */
export class Limiters {
  /** When each origin served lately, in milliseconds. */
  readonly #served = new Map<string | undefined, number[]>();

  /**
   * Counts the request if there is room for it.
   *
   * @param now in milliseconds, never less than the time before
   */
  admit(domain: string | undefined, now: number, { perSecond }: OriginLimit): boolean {
    const served = this.#served.get(domain) ?? [];
    this.#served.set(domain, served);
    while (served[0] !== undefined && served[0] <= now - 1000) served.shift();
    if (served.length >= perSecond) return false;
    served.push(now);
    return true;
  }
}

/** The head of a refusal. */
export function refusal({ status = 503, retryAfter }: OriginLimit, now: number) {
  const headers: Record<string, string | number> = { "content-length": 0 };
  if (retryAfter?.form === "seconds") headers["retry-after"] = String(retryAfter.seconds);
  if (retryAfter?.form === "date") headers["retry-after"] = new Date(now + retryAfter.seconds * 1000).toUTCString();
  return { status, headers };
}
