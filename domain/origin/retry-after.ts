/** No server is believed that asks for more: its clock, or its unit, is wrong. */
const LONGEST_MS = 900_000;
const SECONDS = /^\d{1,9}$/;
/** `Sun, 06 Nov 1994 08:49:37 GMT`. `Date.parse` alone takes nearly everything for a date. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * How long a server asks to be left alone: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * @param value of Retry-After: seconds, or a date
 * @param now milliseconds since the epoch
 * @returns milliseconds, at most 15 minutes; undefined: it does not say
 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  const ms = SECONDS.test(text) ? Number(text) * 1_000 : HTTP_DATE.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_MS, Math.max(0, ms));
}
