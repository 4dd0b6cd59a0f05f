import { MAX_HEADER_LENGTH } from "../request/limits.ts";

/**
 * A caller may not set these: the agent sets them itself, or they are for one connection only (RFC 9110, 7.6.1, and
 * RFC 7540, 3.2.1). `Connection` is among them, so no header can name others to be dropped on the way. A caller may set
 * `X-Forwarded-For` and the like: any viewer may send them, and CloudFront notes itself who asks.
 */
const REFUSED = new Set([
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "http2-settings",
  "content-length",
  "expect",
]);

/**
 * With these, a POP answers with a part of the object, or with none (RFC 9110, 13 and 14): the object would count as
 * warm and would not be.
 */
const PARTIAL = new Set(["range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]);

// RFC 9110, 5.6.2 (token) and 5.5 (field value: visible ASCII, space and tab).
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;

export type ParsedHeader = { readonly name: string; readonly value: string } | { readonly problem: string };

/** Splits one `Name: value` of a request's `header` list, or says why it cannot be sent. */
export function parseHeader(line: string): ParsedHeader {
  if (line.length > MAX_HEADER_LENGTH) return { problem: `is longer than ${MAX_HEADER_LENGTH} characters` };
  const colon = line.indexOf(":");
  if (colon < 1) return { problem: "is not of the form 'Name: value'" };
  const name = line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  if (!NAME.test(name)) return { problem: "has a character that no header name may have" };
  if (!VALUE.test(value)) return { problem: "has a character that no header value may have" };
  if (REFUSED.has(name.toLowerCase()))
    return { problem: `sets ${name}, which Prewarm sets itself or which is for one hop only` };
  if (PARTIAL.has(name.toLowerCase()))
    return {
      problem: `sets ${name}, with which a POP sends a part of an object or none, so that it would not be warmed`,
    };
  return { name: name.toLowerCase(), value };
}

/** Sent unless a request names its own: firewalls turn away a client that does not say who it is. */
const USER_AGENT = "prewarm";

/** A header that may be sent: its name in lower case, and its value. */
export type Header = readonly [name: string, value: string];

/**
 * The headers of a request's `header` list, in its order; one that comes twice stays twice. Has a User-Agent if the list
 * has none. Lines that are refused are left out.
 */
export function parseHeaders(lines: readonly string[]): readonly Header[] {
  const headers = lines.map(parseHeader).flatMap((it): Header[] => ("problem" in it ? [] : [[it.name, it.value]]));
  return headers.some(([name]) => name === "user-agent") ? headers : [["user-agent", USER_AGENT], ...headers];
}
