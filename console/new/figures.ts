import type { Estimated as Answer, Estimate } from "../../client/answers.ts";
import { normalizeUrl } from "../../domain/net/urls.ts";
import { coverOf } from "../../domain/request/invalidation.ts";
import type { RequestBody } from "./request-body.ts";

/** Downloads that reach the origin, and their bytes by the mean of all. */
export function fromOrigin({ origin_fetches: fetches, bytes, tasks }: Estimate) {
  const count = fetches.expected;
  return {
    fetches: count,
    bytes: bytes.estimate === null || tasks === 0 ? undefined : (bytes.estimate / tasks) * count,
  };
}

/**
 * How many URLs are invalidated by themselves, if that is wanted: those that no named path covers.
 * @param answer undefined: there is none for exactly this body
 * @returns undefined: only the answer tells how many URLs there are
 */
export function ownPathsOf(
  { url_list: urls = [], sources, skip_uncached, invalidate }: RequestBody,
  answer: Answer | undefined,
): number | undefined {
  if (answer === undefined && (sources !== undefined || skip_uncached === true)) return undefined;
  const skipped = new Set(answer?.skipped_urls);
  const isCovered = coverOf(invalidate?.paths ?? []);
  const covered = urls.filter((url) => {
    const result = normalizeUrl(url);
    return "url" in result && !skipped.has(result.url) && isCovered(new URL(result.url));
  });
  return (answer?.estimate.urls ?? urls.length) - covered.length;
}

/** An answer's warnings but the one of URLs that cannot be read: they have a list of their own, in the reader's language. */
export function otherWarnings({ warnings, estimate: { bytes } }: Answer): string[] {
  return warnings.filter((it) => !it.startsWith(`url_list: ${bytes.unreadable} of ${bytes.sampled} `));
}
