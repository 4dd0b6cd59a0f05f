import { targetOf } from "./cache.ts";

/** As CloudFront names it, with the path, which CloudFront does not name. */
export class InvalidArgumentError extends Error {
  override readonly name = "InvalidArgument";
  constructor(path: string) {
    super(`Your request contains one or more invalid invalidation paths: ${path}`);
  }
}

/** What RFC 1738 calls unsafe must come percent-encoded; `~` is invalidated in no form, but refused as it is. */
const REFUSED = /[<>"{}|\\^~[\]`]|[^\x21-\x7e]/;
const UNSAFE = /[<>"{}|\\^[\]`]/g;
const LONGEST = 4_000;

/**
 * Which cache keys an invalidation of `paths` removes. As CloudFront: a path begins with a slash and includes its query
 * string; `*` is a wildcard as the last character only.
 *
 * @param domain limits it to one distribution; absent: all of them
 * @throws InvalidArgumentError for a path that CloudFront would refuse
 */
export function invalidated(paths: readonly string[], domain?: string): (key: string) => boolean {
  const refused = paths.find((path) => !path.startsWith("/") || path.length > LONGEST || REFUSED.test(path));
  if (refused !== undefined) throw new InvalidArgumentError(refused);
  const exact = new Set(paths.filter((path) => !path.endsWith("*") && !path.includes("%7E")));
  const prefixes = paths.filter((path) => path.endsWith("*")).map((path) => path.slice(0, -1));
  return (key) => {
    if (domain !== undefined && !key.startsWith(`${domain}/`)) return false;
    const target = targetOf(key).replaceAll(UNSAFE, encodeURIComponent);
    return exact.has(target) || prefixes.some((prefix) => target.startsWith(prefix));
  };
}
