/**
 * The first of some behaviours, in CloudFront's order, whose path pattern matches a URL. Its query does not count.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 */
export function behaviourOf<B>(behaviours: readonly B[], patternOf: (behaviour: B) => string, url: string) {
  const path = pathOf(url);
  return behaviours.find((behaviour) => matchesPathPattern(patternOf(behaviour), path));
}

/** Of a URL without a fragment, as `normalizeUrl` returns it. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const query = url.indexOf("?");
  if (start === -1) return "/";
  return query === -1 ? url.slice(start) : url.slice(start, query);
}

/**
 * Whether a path matches a path pattern: `*` stands for any number of characters, `?` for exactly one, upper and lower case differ, and a
 * slash at the pattern's start may be left out.
 */
export function matchesPathPattern(pattern: string, path: string): boolean {
  const wanted = pattern.startsWith("/") || pattern.startsWith("*") ? pattern : `/${pattern}`;
  // Where the last asterisk stands, and how much of the path it covers so far. A regular expression could take exponential time.
  let star = -1;
  let covered = 0;
  let at = 0;
  let i = 0;
  while (i < path.length) {
    if (wanted[at] === "*") {
      star = at++;
      covered = i;
    } else if (at < wanted.length && (wanted[at] === "?" || wanted[at] === path[i])) {
      at++;
      i++;
    } else if (star !== -1) {
      at = star + 1;
      i = ++covered;
    } else return false;
  }
  while (wanted[at] === "*") at++;
  return at === wanted.length;
}
