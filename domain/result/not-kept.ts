import type { Failure } from "./failure.ts";
import type { NotKeptReason } from "./proof.ts";

/** The headers of an answer that say whether it may be kept. */
export interface CacheHeaders {
  readonly cacheControl?: string | undefined;
  readonly vary?: string | undefined;
}

/** Why an object that was downloaded whole is likely not kept. A minimum TTL of the distribution can overrule headers: so "may". */
export function notKept(reason: NotKeptReason, headers: CacheHeaders): Failure {
  return { reason: "not_kept", code: "NOT_KEPT", detail: likelyReason(reason, headers) };
}

/** What in an answer's headers may keep it out of a cache; undefined: nothing does. */
export function obstacle({ cacheControl, vary }: CacheHeaders): string | undefined {
  const directives = cacheControl?.split(",").map((it) => it.trim()) ?? [];
  // A cache that is shared goes by s-maxage, whatever max-age says: `max-age=0, s-maxage=3600` is kept at the edge alone.
  const ownAge = directives.some((it) => /^s-maxage=0*[1-9]/i.test(it));
  const directive = directives.find((it) => NEVER_KEPT.test(it) && !(ownAge && /^max-age\b/i.test(it)));
  if (directive !== undefined) return `Cache-Control: ${directive.slice(0, 80)}`;
  return vary?.trim() === "*" ? "Vary: *" : undefined;
}

const NEVER_KEPT = /^(?:no-store|no-cache|private|max-age=0+|s-maxage=0+)\b/i;

function likelyReason(reason: NotKeptReason, headers: CacheHeaders): string {
  const header = obstacle(headers);
  if (reason === "EXPIRES_AT_ONCE") {
    const because = header === undefined ? "" : ` (${header})`;
    return `it is kept, but expires at once${because}, and the origin is asked for each request`;
  }
  if (reason === "REC_ONLY")
    return "after two downloads, hits come from the regional edge cache: the POP does not keep it";
  if (header !== undefined)
    return `a check after the second download was a miss; the answer has ${header}, so it may never be kept`;
  return "a check after the second download was a miss; its headers allow it to be kept, so see the cache policy, or it was evicted";
}
