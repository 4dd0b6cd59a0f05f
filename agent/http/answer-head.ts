/** What an answer's head says, as far as it matters to warming. */
export interface AnswerHead {
  readonly status: number;
  /** How the body's end is told: RFC 9112, 6.3. */
  readonly body: BodyFraming;
  /** Whether the connection may carry another answer after this one. */
  readonly reusable: boolean;
  readonly contentLength?: number;
  readonly location?: string;
  readonly xCache?: string;
  readonly xAmzCfPop?: string;
  readonly xAmzCfId?: string;
}

export type BodyFraming =
  | { readonly kind: "CHUNKED" | "UNTIL_CLOSE" }
  | { readonly kind: "LENGTH"; readonly length: number };

/** The other side does not speak HTTP/1.1, or leaves open where its answer ends. */
export class BadAnswerError extends Error {}

/** What is read of the headers, by the length of the name: most of those that come are passed over by it alone. */
const WANTED = [
  "connection",
  "content-length",
  "location",
  "transfer-encoding",
  "x-amz-cf-id",
  "x-amz-cf-pop",
  "x-cache",
] as const;
const LENGTHS = new Set<number>(WANTED.map(({ length }) => length));

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/;

/**
 * Reads the head of an answer to a GET.
 * @param text the head as Latin-1, without the empty line that ends it
 * @throws BadAnswerError if it is none, or if two readers could differ on where the body ends (RFC 9112, 6.3 and 11.2)
 */
export function parseHead(text: string): AnswerHead {
  const firstEnd = lineEnd(text, 0);
  const line = STATUS_LINE.exec(text.slice(0, firstEnd));
  if (line === null) throw new BadAnswerError(`the answer is no HTTP/1.1: ${JSON.stringify(text.slice(0, 40))}`);
  const status = Number(line[2]);
  const fields: Partial<Record<string, string>> = {};
  for (let at = firstEnd + 2; at < text.length; ) {
    const end = lineEnd(text, at);
    const colon = text.indexOf(":", at);
    if (colon <= at || colon >= end || isBlank(text, at) || isBlank(text, colon - 1)) {
      throw new BadAnswerError(`a line of the answer's head is no header: ${JSON.stringify(text.slice(at, at + 40))}`);
    }
    if (LENGTHS.has(colon - at)) {
      const name = text.slice(at, colon).toLowerCase();
      const value = text.slice(colon + 1, end).trim();
      const before = fields[name];
      // A header that comes twice is one with both values: RFC 9110, 5.3.
      fields[name] = before === undefined ? value : `${before}, ${value}`;
    }
    at = end + 2;
  }
  const contentLength = lengthOf(fields["content-length"]);
  const body = framing(status, fields["transfer-encoding"], contentLength);
  const close = line[1] === "0" || body.kind === "UNTIL_CLOSE" || /\bclose\b/i.test(fields["connection"] ?? "");
  return {
    status,
    body,
    reusable: !close,
    ...(contentLength === undefined ? {} : { contentLength }),
    ...(fields["location"] === undefined ? {} : { location: fields["location"] }),
    ...(fields["x-cache"] === undefined ? {} : { xCache: fields["x-cache"] }),
    ...(fields["x-amz-cf-pop"] === undefined ? {} : { xAmzCfPop: fields["x-amz-cf-pop"] }),
    ...(fields["x-amz-cf-id"] === undefined ? {} : { xAmzCfId: fields["x-amz-cf-id"] }),
  };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\r\n", from);
  return end === -1 ? text.length : end;
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

/** A length that is said twice is refused, too: RFC 9112, 6.3, leaves it to the reader. */
function lengthOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const length = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(length)) {
    throw new BadAnswerError(`the answer's Content-Length is no length: ${JSON.stringify(value.slice(0, 40))}`);
  }
  return length;
}

function framing(status: number, encoding: string | undefined, contentLength: number | undefined): BodyFraming {
  // Whatever their headers say: RFC 9112, 6.3.
  if (status < 200 || status === 204 || status === 304) return { kind: "LENGTH", length: 0 };
  if (encoding !== undefined) {
    if (contentLength !== undefined) throw new BadAnswerError("the answer has Transfer-Encoding and Content-Length");
    return { kind: /(^|,)\s*chunked$/i.test(encoding) ? "CHUNKED" : "UNTIL_CLOSE" };
  }
  return contentLength === undefined ? { kind: "UNTIL_CLOSE" } : { kind: "LENGTH", length: contentLength };
}
