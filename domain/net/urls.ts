import { MAX_URL_LENGTH } from "../limits.ts";

/** Why a URL cannot be warmed, or the form under which it is. */
export type NormalizedUrl = { readonly url: string } | { readonly problem: string };

/** What stands between the scheme and the path; the parser takes any number of slashes and backslashes before it. */
const HOST = /^[a-z][a-z0-9+.-]*:[\\/]*([^\\/?#]*)/i;
/** Room for a name of 253 characters, each of them percent-encoded, and for a user name that is refused for itself. */
const MAX_HOST_CHARACTERS = 1_000;
/** A part of a name has at most 63 characters (RFC 1035), and none gets shorter by its encoding. */
const LONG_LABEL = /(?:^|[.\u3002\uff0e\uff61%@:[\]])[^.\u3002\uff0e\uff61%@:[\]]{64}/;

/**
 * The one spelling of a URL, as a browser has it: trimmed, spaces percent-encoded, host in lower case, no fragment, no `?`
 * without a query. `(`, `)` and `*` stay as they are: encoded, they name another object to the edge's cache.
 * Two URLs are the same task when their spellings are equal.
 */
export function normalizeUrl(text: string): NormalizedUrl {
  const trimmed = text.trim();
  if (trimmed === "") return { problem: "is empty" };
  // Before the parser: it takes time by the square of a host's length, and a text may have 6 MB.
  if (trimmed.length > MAX_URL_LENGTH) return { problem: `is longer than ${MAX_URL_LENGTH} characters` };
  const host = HOST.exec(trimmed)?.[1] ?? "";
  if (host.length > MAX_HOST_CHARACTERS || LONG_LABEL.test(host)) return { problem: "has a host that is too long" };
  // The URL parser would silently drop tabs and line breaks, and the task would be for another object.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(trimmed)) return { problem: "has a control character" };
  // Half of a character: the parser would put another one there.
  if (/\p{Surrogate}/u.test(trimmed)) return { problem: "has a character that is not valid in Unicode" };
  const encoded = trimmed.replaceAll(" ", "%20");
  const url = parseUrl(encoded);
  if (url === undefined) return { problem: "is not an absolute URL" };
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return { problem: `has the scheme ${url.protocol.slice(0, -1)}` };
  if (!/^https?:\/\//i.test(encoded)) return { problem: "is not an absolute URL" };
  if (url.username !== "" || url.password !== "") return { problem: "has a user name or password" };
  // The scheme's own port is no part of a URL here.
  const port = portProblem(url);
  if (port !== undefined) return { problem: port };
  url.hash = "";
  // `/x?` and `/x` are one object. What looks like no change takes the lone `?` away.
  if (url.search === "") url.search = "";
  if (url.href.length > MAX_URL_LENGTH) return { problem: `is longer than ${MAX_URL_LENGTH} characters` };
  return { url: url.href };
}

/** Undefined: CloudFront listens on its port. */
export function portProblem({ port }: URL): string | undefined {
  return port === ""
    ? undefined
    : `has the port ${port}; CloudFront serves http only on port 80 and https only on port 443`;
}

/**
 * Parses a URL; undefined: it is none. Without `URL.canParse()`, which refuses hosts such as `bücher.example` in Node.js 20
 * and 22 once it was called a few thousand times: its fast path takes a string of Latin-1 letters for UTF-8.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  // Half of a character: the parser would put another one there.
  if (/\p{Surrogate}/u.test(text)) return undefined;
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** The host of a URL that {@link normalizeUrl} has returned: without parsing it again, which decodes names in punycode. */
export function hostOf(normalized: string): string {
  return normalized.split("/", 3)[2] ?? "";
}

/** Whether a URL that {@link normalizeUrl} has returned is requested without encryption. */
export function isUnencrypted(normalized: string): boolean {
  return normalized.startsWith("http:");
}

/** The different hosts of URLs that {@link normalizeUrl} has returned, in the order in which they first come. */
export function hostsOf(urls: Iterable<string>): string[] {
  return [...new Set(Array.from(urls, hostOf))];
}

/**
 * A host's name as the DNS, certificates and the aliases of distributions have it: an internationalized one in punycode
 * (IDNA), in lower case.
 * @returns undefined: it is no name alone
 */
export function asciiHost(name: string): string | undefined {
  if (/[/?#@:\\]/.test(name)) return undefined;
  const normal = normalizeUrl(`https://${name}/`);
  return "url" in normal ? new URL(normal.url).hostname : undefined;
}

/** Characters of a prefix that a line of a list has room for. */
const MAX_PREFIX = 200;

/** What a request's URLs have in common, as a list of requests shows it: without a query, in which keys may be. */
export function urlPrefix(urls: readonly string[]): string {
  const [first = "", ...others] = urls;
  let prefix = first.slice(0, MAX_PREFIX);
  for (const url of others) while (!url.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix.split("?", 1)[0] ?? "";
}
