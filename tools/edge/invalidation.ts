import { domainOf, targetOf } from "./cache-key.ts";
import { headerOf, type Reply } from "./reply.ts";

/** As CloudFront names it, with the path or tag, which CloudFront does not name. */
export class InvalidArgumentError extends Error {
  override readonly name = "InvalidArgument";
  constructor(item: string) {
    super(`Your request contains one or more invalid invalidation paths: ${item}`);
  }
}

/** What RFC 1738 calls unsafe must come percent-encoded; `~` is invalidated in no form, but refused as it is. */
const REFUSED = /[<>"{}|\\^~[\]`]|[^\x21-\x7e]/;
const UNSAFE = /[<>"{}|\\^[\]`]/g;
const LONGEST = 4_000;
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html */
const TAG = /^#[\x21-\x29\x2b\x2d-\x7e]{1,256}$/;
/** CloudFront stores no more tags of an object. */
const MOST_TAGS = 50;

/** @throws InvalidArgumentError for a path or a `#tag` that CloudFront would refuse */
export function refuseInvalid(items: readonly string[]): void {
  const isPath = (item: string) => item.startsWith("/") && item.length <= LONGEST && !REFUSED.test(item);
  const refused = items.find((item) => (item.startsWith("#") ? !TAG.test(item) : !isPath(item)));
  if (refused !== undefined) throw new InvalidArgumentError(refused);
}

/** Whether a cache entry is to go. Without the entry, of a fetch that is under way: whether its key alone decides that. */
export type Invalidated = (key: string, entry?: Tagged) => boolean;

type Tagged = Pick<Reply, "headers">;

/**
 * Which cache entries an invalidation removes. As CloudFront: a path begins with a slash and includes its query string; `*` is a
 * wildcard as the last character only; a `#tag` is one of those in the header that the distribution names, in any case.
 *
 * @param domain limits it to one distribution; absent: all of them
 * @param tagHeaderOf the header in which objects of a distribution have their tags. @default none has
 * @throws InvalidArgumentError for a path or a tag that CloudFront would refuse
 */
export function invalidated(
  items: readonly string[],
  domain?: string,
  tagHeaderOf: (domain: string) => string | undefined = () => undefined,
): Invalidated {
  refuseInvalid(items);
  const paths = items.filter((item) => item.startsWith("/"));
  const tags = new Set(items.filter((item) => item.startsWith("#")).map((item) => item.slice(1).toLowerCase()));
  const exact = new Set(paths.filter((path) => !path.endsWith("*") && !path.includes("%7E")));
  const prefixes = paths.filter((path) => path.endsWith("*")).map((path) => path.slice(0, -1));
  const isTagged = (key: string, entry: Tagged | undefined) =>
    tags.size > 0 && tagsOf(entry, tagHeaderOf(domainOf(key))).some((tag) => tags.has(tag));
  return (key, entry) => {
    if (domain !== undefined && !key.startsWith(`${domain}/`)) return false;
    const target = targetOf(key).replaceAll(UNSAFE, encodeURIComponent);
    return exact.has(target) || prefixes.some((prefix) => target.startsWith(prefix)) || isTagged(key, entry);
  };
}

function tagsOf(entry: Tagged | undefined, header: string | undefined): string[] {
  const value = entry === undefined || header === undefined ? undefined : headerOf(entry, header.toLowerCase());
  const tags = (value ?? "").split(",").map((tag) => tag.trim().toLowerCase());
  return tags.filter((tag) => tag !== "").slice(0, MOST_TAGS);
}
