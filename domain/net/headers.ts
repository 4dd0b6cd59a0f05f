import { MAX_HEADER_LENGTH } from "../limits.ts";

/** Headers that a caller may not set, and why. `npm run gen docs` writes them into the documents. */
export const REFUSED_HEADERS = [
  { names: ["Host", "Content-Length", "Expect"], because: "Prewarm sets it itself, or sends none" },
  {
    // RFC 9110, 7.6.1, and RFC 7540, 3.2.1. As `Connection` is among them, no header can name others to be dropped on the
    // way. `X-Forwarded-For` and the like may be set: any viewer may send them, and CloudFront notes itself who asks.
    names: [
      ...["Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "TE", "Trailer", "Upgrade"],
      ...["HTTP2-Settings", "Proxy-Authenticate", "Proxy-Authorization"],
    ],
    because: "it is for one connection only",
  },
  {
    // RFC 9110, 13 and 14.
    names: ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"],
    because: "a POP would send a part of the object or none, and the object would count as warm",
  },
] as const satisfies readonly { readonly names: readonly string[]; readonly because: string }[];

const WHY_REFUSED: ReadonlyMap<string, string> = new Map(
  REFUSED_HEADERS.flatMap(({ names, because }) => names.map((name): [string, string] => [name.toLowerCase(), because])),
);

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
  const because = WHY_REFUSED.get(name.toLowerCase());
  if (because !== undefined) return { problem: `sets ${name}, which is refused: ${because}` };
  return { name: name.toLowerCase(), value };
}

/** A header that may be sent: its name in lower case, and its value. */
export type Header = readonly [name: string, value: string];

/**
 * Sent unless a request names its own. Firewalls turn away a client that does not say who it is. CloudFront keeps the form that
 * browsers request apart from the uncompressed one.
 */
const DEFAULT_HEADERS: readonly Header[] = [
  ["user-agent", "prewarm"],
  ["accept-encoding", "gzip, deflate, br"],
];

/** The headers of a request's `header` list, in its order; one that comes twice stays twice. Lines that are refused are left out. */
export function ownHeaders(lines: readonly string[]): readonly Header[] {
  return lines.map(parseHeader).flatMap((it): Header[] => ("problem" in it ? [] : [[it.name, it.value]]));
}

/** The headers to send: those of the list, and a User-Agent and an Accept-Encoding if it has none. */
export function headersToSend(lines: readonly string[]): readonly Header[] {
  const headers = ownHeaders(lines);
  return [...DEFAULT_HEADERS.filter(([name]) => !headers.some((own) => own[0] === name)), ...headers];
}

/** Headers that identify nobody. All others may be a secret: `authorization`, `cookie`, a token of the firewall. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set([
  ...["accept", "accept-charset", "accept-encoding", "accept-language", "user-agent"],
  ...["cache-control", "pragma", "origin", "dnt", "save-data", "dpr", "width", "viewport-width"],
]);

/** Names of the headers of a request and its variants that must not be sent without encryption, each once. */
export function secretHeaders(
  header: readonly string[],
  variants: readonly { readonly header: readonly string[] }[],
): readonly string[] {
  const names = [header, ...variants.map((variant) => variant.header)].flatMap(ownHeaders).map(([name]) => name);
  return [...new Set(names)].filter((name) => !HARMLESS_HEADERS.has(name));
}

/** The value of a header of an answer. One that came several times is a list: https://www.rfc-editor.org/rfc/rfc9110#section-5.3 */
export function joinedHeader(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value.join(", ") : value;
}

/** The encodings that CloudFront knows, the best first. */
const ENCODINGS = ["br", "gzip"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * Which of them headers ask for, the best first, as CloudFront normalises Accept-Encoding:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html#cache-policy-compressed-objects
 */
export function acceptedEncodings(headers: readonly Header[]): Encoding[] {
  const values = headers.filter(([name]) => name === "accept-encoding").flatMap(([, value]) => value.split(","));
  const wanted = new Set(values.filter((it) => !NOT_WANTED.test(it)).map(nameOf));
  return ENCODINGS.filter((encoding) => wanted.has(encoding));
}

const NOT_WANTED = /;\s*q=0(?:\.0*)?\s*$/i;

function nameOf(one: string): string {
  return (one.split(";", 1)[0] ?? "").trim().toLowerCase();
}
