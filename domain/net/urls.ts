import { MAX_URL_LENGTH } from "../request/limits.ts";

/** Why a URL cannot be warmed, or the form under which it is. */
export type NormalizedUrl = { readonly url: string } | { readonly problem: string };

/**
 * The one spelling of a URL, as a browser has it: trimmed, spaces percent-encoded, host in lower case, no fragment, no `?`
 * without a query. `(`, `)` and `*` stay as they are: encoded, they name another object to the edge's cache.
 * Two URLs are the same task when their spellings are equal.
 */
export function normalizeUrl(text: string): NormalizedUrl {
  const trimmed = text.trim();
  if (trimmed === "") return { problem: "is empty" };
  // The URL parser would silently drop tabs and line breaks, and the task would be for another object.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(trimmed)) return { problem: "has a control character" };
  const encoded = trimmed.replaceAll(" ", "%20");
  if (!URL.canParse(encoded)) return { problem: "is not an absolute URL" };
  const url = new URL(encoded);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return { problem: `has the scheme ${url.protocol.slice(0, -1)}` };
  if (!/^https?:\/\//i.test(encoded)) return { problem: "is not an absolute URL" };
  if (url.username !== "" || url.password !== "") return { problem: "has a user name or password" };
  // The scheme's own port is no part of a URL here. CloudFront listens on these two alone.
  if (url.port !== "")
    return { problem: `has the port ${url.port}; CloudFront serves http at 80 and https at 443 alone` };
  url.hash = "";
  // `/x?` and `/x` are one object. What looks like no change takes the lone `?` away.
  if (url.search === "") url.search = "";
  if (url.href.length > MAX_URL_LENGTH) return { problem: `is longer than ${MAX_URL_LENGTH} characters` };
  return { url: url.href };
}
