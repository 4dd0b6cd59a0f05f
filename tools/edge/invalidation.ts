import { targetOf } from "./cache.ts";

/**
 * Which cache keys an invalidation of `paths` removes. As CloudFront: a path includes its query string, `*` is a wildcard
 * as the last character only, and the leading slash may be left out.
 *
 * @param domain limits it to one distribution; absent: all of them
 */
export function invalidated(paths: readonly string[], domain?: string): (key: string) => boolean {
  const rooted = paths.map((path) => (path.startsWith("/") ? path : `/${path}`));
  const exact = new Set(rooted.filter((path) => !path.endsWith("*")));
  const prefixes = rooted.filter((path) => path.endsWith("*")).map((path) => path.slice(0, -1));
  return (key) => {
    if (domain !== undefined && !key.startsWith(`${domain}/`)) return false;
    const target = targetOf(key);
    return exact.has(target) || prefixes.some((prefix) => target.startsWith(prefix));
  };
}
