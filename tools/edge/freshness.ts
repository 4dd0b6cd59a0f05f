const DEFAULT_TTL_MS = 86_400_000;

/**
 * How long an answer may be served without asking the origin again, in milliseconds. As CloudFront: `s-maxage` before
 * `max-age`, a day when neither is there, and an error at least for the distribution's error caching minimum TTL.
 */
export function freshFor(status: number, cacheControl: string | undefined, errorTtlMs: number): number {
  const declared = declaredTtl(cacheControl);
  return status >= 400 ? Math.max(errorTtlMs, declared ?? 0) : (declared ?? DEFAULT_TTL_MS);
}

function declaredTtl(cacheControl = ""): number | undefined {
  if (/\b(no-store|no-cache|private)\b/i.test(cacheControl)) return 0;
  const seconds = /\bs-maxage=(\d+)/i.exec(cacheControl)?.[1] ?? /\bmax-age=(\d+)/i.exec(cacheControl)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
