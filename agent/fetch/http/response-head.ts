import { WAF_ACTION_HEADER } from "../../../domain/result/failure.ts";
import { popOf } from "../../../domain/result/outcome.ts";
import type { HttpResult, Mutable } from "./http-client.ts";

/** The parts of a response's head that matter to downloads. */
export interface ResponseHead {
  /** Without any byte of the body. */
  readonly answer: HttpResult & { readonly httpStatus: number };
  /** How the end of the body is known: RFC 9112, 6.3. */
  readonly body: BodyFraming;
  /** Whether the connection may carry another response after this one. */
  readonly reusable: boolean;
}

export type BodyFraming =
  | { readonly kind: "CHUNKED" | "UNTIL_CLOSE" }
  | { readonly kind: "LENGTH"; readonly length: number };

/** The other side does not speak HTTP/1.1, or leaves open where its answer ends. */
export class BadResponseError extends Error {}

/** The headers that are read, and where their values go. Most others are skipped by the length of their name alone. */
const FIELDS = new Map(
  Object.entries({
    age: "age",
    "cache-control": "cacheControl",
    "content-encoding": "contentEncoding",
    "content-range": "contentRange",
    "content-type": "contentType",
    expires: "expires",
    location: "location",
    "retry-after": "retryAfter",
    "server-timing": "serverTiming",
    vary: "vary",
    [WAF_ACTION_HEADER]: "wafAction",
    "x-amz-cf-id": "xAmzCfId",
    "x-amz-cf-pop": "xAmzCfPop",
    "x-cache": "xCache",
  } as const),
);
/** Those that say where the body ends. */
const FRAMING_FIELDS = new Map(
  Object.entries({
    connection: "connection",
    "content-length": "contentLength",
    "transfer-encoding": "transferEncoding",
  } as const),
);
type Fields<K extends string> = { [P in K]?: string | undefined };
/** 1 at each length that a wanted name has. */
const LENGTHS = new Uint8Array(32);
for (const name of [...FIELDS.keys(), ...FRAMING_FIELDS.keys()]) LENGTHS[name.length] = 1;

/**
 * A whole head: status line and headers, each behind a CRLF. Names are tokens, values have no control characters but tabs,
 * and no CR or LF stands alone: with one of them, two readers may see different headers (RFC 9112, 2.2 and 5). One
 * expression for all of it takes less time than one for each line.
 */
const HEAD =
  /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*)*$/;
/** A tab inside or behind what says where the body ends: some readers take it for a blank, others for a part of the value. */
const TABBED_FRAMING = /\r\n(?:content-length|transfer-encoding):[\t ]*[^\t \r][^\r]*\t/i;
/** Some readers take the chunks out once, others twice: RFC 9112, 6.1. */
const TWICE_CHUNKED = /(?:^|,)[ \t]*chunked[ \t]*,(?:.*,)?[ \t]*chunked[ \t]*(?:,|$)/i;
/** The beginning of each. */
const BEGINNING = "HTTP/1.";

/**
 * Reads the head of an answer to a GET.
 * @param text the head as Latin-1, without the empty line that ends it
 * @throws BadResponseError if it is no such head, or if two readers could differ on where the body ends (RFC 9112, 6.3
 * and 11.2)
 */
export function parseHead(text: string): ResponseHead {
  const match = HEAD.exec(text);
  if (match === null) throw notAHead(text);
  if (text.includes("\t") && TABBED_FRAMING.test(text)) {
    throw new BadResponseError("the response has a tab in Content-Length or Transfer-Encoding");
  }
  // Written out, in one order: each response has one.
  const answer: Mutable<ResponseHead["answer"]> = {
    bytes: 0,
    httpStatus: Number(match[2]),
    contentLength: undefined,
    location: undefined,
    xCache: undefined,
    xAmzCfPop: undefined,
    xAmzCfId: undefined,
    serverTiming: undefined,
    age: undefined,
    contentEncoding: undefined,
    contentType: undefined,
    contentRange: undefined,
    cacheControl: undefined,
    expires: undefined,
    vary: undefined,
    retryAfter: undefined,
    wafAction: undefined,
    firstByteMs: undefined,
    failure: undefined,
  };
  const framing = { connection: undefined, contentLength: undefined, transferEncoding: undefined };
  for (let at = lineEnd(text, 0) + 2; at < text.length; ) {
    const end = lineEnd(text, at);
    const colon = text.indexOf(":", at);
    if (LENGTHS[colon - at] === 1) {
      const name = text.slice(at, colon).toLowerCase();
      const value = trimmed(text, colon + 1, end);
      add(answer, FIELDS.get(name), value);
      add(framing, FRAMING_FIELDS.get(name), value);
    }
    at = end + 2;
  }
  const { connection = "", contentLength, transferEncoding } = framing;
  answer.xAmzCfPop = popOf(answer.xAmzCfPop);
  answer.contentLength = lengthOf(contentLength);
  const isOld = match[1] === "0";
  if (isOld && transferEncoding !== undefined)
    throw new BadResponseError("the response is HTTP/1.0 and has Transfer-Encoding");
  const body = bodyFraming(answer.httpStatus, transferEncoding, answer.contentLength);
  const close = isOld || body.kind === "UNTIL_CLOSE" || /\bclose\b/i.test(connection);
  return { answer, body, reusable: !close };
}

/**
 * Checks a head of which only a part has come: one that cannot become valid is refused now, not when its time is up.
 * @param seen how many of its bytes have been checked before
 * @throws BadResponseError
 */
export function checkPartialHead(bytes: Buffer, seen: number): void {
  if (!BEGINNING.startsWith(bytes.toString("latin1", 0, BEGINNING.length))) throw notHttp();
  // Only lines that have ended since: a server may send 64 KB byte by byte.
  if (bytes.indexOf(LF, seen) === -1) return;
  const end = bytes.lastIndexOf(LF);
  const start = seen === 0 ? 0 : bytes.lastIndexOf(LF, seen - 1) + 1;
  // Without the CR that must stand before it. Where another byte stands there, the line is bad.
  const stop = bytes[end - 1] === CR ? end - 1 : end + 1;
  const lines = bytes.toString("latin1", start, stop);
  if (!HEAD.test(start === 0 ? lines : `HTTP/1.1 200\r\n${lines}`)) throw notAHead(bytes.toString("latin1", 0, stop));
}

const CR = 0x0d;
const LF = 0x0a;

function notAHead(text: string): BadResponseError {
  const lines = text.split("\r\n");
  if (!HEAD.test(lines[0] ?? "")) return notHttp();
  const bad = lines.findIndex((line, i) => i > 0 && !HEAD.test(`HTTP/1.1 200\r\n${line}`));
  return new BadResponseError(`line ${bad + 1} of the response head is not a header`);
}

function notHttp(): BadResponseError {
  return new BadResponseError("Response is not HTTP/1.1");
}

/** A header that comes twice is one with both values: RFC 9110, 5.3. */
function add<K extends string>(fields: Fields<K>, field: K | undefined, value: string): void {
  if (field === undefined) return;
  const before = fields[field];
  fields[field] = before === undefined ? value : `${before}, ${value}`;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\r\n", from);
  return end === -1 ? text.length : end;
}

/** Without the spaces and tabs around it. `trim` takes more away, such as a no-break space. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** A length that comes twice is refused, too: RFC 9112, 6.3, allows that. */
function lengthOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const length = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(length)) {
    throw new BadResponseError(`the response has an invalid Content-Length: ${JSON.stringify(value.slice(0, 40))}`);
  }
  return length;
}

function bodyFraming(status: number, encoding: string | undefined, contentLength: number | undefined): BodyFraming {
  if (encoding !== undefined) {
    if (contentLength !== undefined)
      throw new BadResponseError("the response has Transfer-Encoding and Content-Length");
    // Readers differ on whether an empty one takes back the one before it.
    if (/(^|,)[ \t]*$/.test(encoding))
      throw new BadResponseError("the response's Transfer-Encoding is empty, or ends in a comma");
    if (TWICE_CHUNKED.test(encoding)) throw new BadResponseError("the response's Transfer-Encoding is chunked twice");
  }
  // They must not say that they have a body (RFC 9110, 8.6; RFC 9112, 6.1): some readers wait for it, others take it for the
  // next answer. A 304 may have the length of the object that it stands for.
  if (status < 200 || status === 204) {
    if (encoding !== undefined || (contentLength ?? 0) > 0)
      throw new BadResponseError(`the answer is an HTTP ${status}, which has no body, and its head promises one`);
    return { kind: "LENGTH", length: 0 };
  }
  if (status === 304) return { kind: "LENGTH", length: 0 };
  if (encoding !== undefined) return { kind: /(^|,)[ \t]*chunked$/i.test(encoding) ? "CHUNKED" : "UNTIL_CLOSE" };
  return contentLength === undefined ? { kind: "UNTIL_CLOSE" } : { kind: "LENGTH", length: contentLength };
}
