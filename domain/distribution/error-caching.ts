import type { StoredSettings } from "./stored-settings.ts";

/** Seconds for which CloudFront caches an error, by HTTP status. */
export type ErrorTtls = Readonly<Record<string, number>>;

/** A task waits this much longer than CloudFront caches the error that it got. */
const MARGIN_MS = 1_000;

/**
 * The ErrorCachingMinTTL of the statuses after which a task is tried again. CloudFront caches no 408 and no 429, and after any other 4xx
 * nothing is tried again.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 * @param id of the distribution; undefined: nobody knows it, so the longest of all distributions count
 * @returns undefined: none is set
 */
export function errorTtlsOf(
  all: readonly Pick<StoredSettings, "id" | "error_ttls">[] = [],
  id: string | undefined,
): ErrorTtls | undefined {
  const longest: Record<string, number> = {};
  for (const { error_ttls: ttls } of id === undefined ? all : all.filter((it) => it.id === id))
    for (const [status, seconds] of Object.entries(ttls))
      if (status.startsWith("5")) longest[status] = Math.max(longest[status] ?? 0, seconds);
  return Object.keys(longest).length === 0 ? undefined : longest;
}

/**
 * How long it takes until an error is not cached any more, in milliseconds.
 * @param otherwise where nothing is set for its status
 */
export function errorCachedMs(ttls: ErrorTtls | undefined, status: number | undefined, otherwise: number): number {
  const seconds = ttls?.[String(status)];
  return seconds === undefined ? otherwise : seconds * 1_000 + MARGIN_MS;
}
