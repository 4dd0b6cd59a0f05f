import type { TtlSeconds } from "./behaviour.ts";
import type { Asked } from "./cache-key.ts";
import { headerOf, type Reply } from "./reply.ts";

/** How long an answer is good for; what is known to be incomplete is not kept. */
export function keeping(reply: Reply, { policy }: Asked, now: number) {
  const { status } = reply;
  const cacheControl = headerOf(reply, "cache-control");
  const dated = { status, cacheControl, expires: headerOf(reply, "expires"), vary: headerOf(reply, "vary") };
  const errorTtlMs = policy.errorTtlsMs[status] ?? policy.errorTtlMs;
  const ttlMs = freshFor(status, cacheControl, errorTtlMs, { ttl: policy.ttl, expires: dated.expires, now });
  const incomplete = reply.cut === true && !reply.unsized;
  return { ttlMs, neverKept: incomplete || isNeverKept(dated, policy.ttl) };
}

const DEFAULT_TTL: TtlSeconds = { min: 0, default: 86_400, max: Number.POSITIVE_INFINITY };

/** The headers of an answer that say how long it may be kept. */
interface Dated {
  readonly status: number;
  readonly cacheControl: string | undefined;
  readonly expires: string | undefined;
  readonly vary: string | undefined;
}

/**
 * How long an answer may be served without asking the origin again, in milliseconds. As CloudFront: `s-maxage` before
 * `max-age` before Expires, a day when none is there, within the policy's limits; and an error at least for the
 * distribution's error caching minimum TTL.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
 */
export function freshFor(
  status: number,
  cacheControl: string | undefined,
  errorTtlMs: number,
  { ttl = DEFAULT_TTL, expires, now = 0 }: { ttl?: TtlSeconds; expires?: string | undefined; now?: number } = {},
): number {
  const declared = declaredSeconds(cacheControl) ?? (expires === undefined ? undefined : secondsUntil(expires, now));
  if (status >= 400) return Math.max(errorTtlMs, (declared ?? 0) * 1000);
  return Math.max(ttl.min, Math.min(ttl.max, declared ?? ttl.default)) * 1000;
}

/** Whether an answer may not even be kept for a revalidation: each request fetches it whole. */
export function isNeverKept({ status, cacheControl = "", vary = "" }: Dated, ttl: TtlSeconds): boolean {
  if (status === 416) return true;
  if (status >= 400 || ttl.min > 0) return false;
  return ttl.max === 0 || /\b(no-store|private)\b/i.test(cacheControl) || vary.trim() === "*";
}

function declaredSeconds(cacheControl = ""): number | undefined {
  if (/\b(no-store|no-cache|private)\b/i.test(cacheControl)) return 0;
  const seconds = /\bs-maxage=(\d+)/i.exec(cacheControl)?.[1] ?? /\bmax-age=(\d+)/i.exec(cacheControl)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

function secondsUntil(expires: string, now: number): number {
  const at = Date.parse(expires);
  return Number.isNaN(at) ? 0 : Math.max(0, (at - now) / 1000);
}
