import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { errorCode } from "../../domain/net/resolver.ts";
import { type DocumentLimits, MAX_LINE_LENGTH, RATIO_FREE_BYTES } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document.ts";

/** This many characters tell an HTML page from a document; leading white space is skipped up to {@link MAX_LEADING_BLANKS}. */
const MIN_START_CHARACTERS = 64;
const MAX_LEADING_BLANKS = 10_000;
const HTML = /^\s*<(?:!doctype\s+html|html|head|body)\b/i;
const PACE_CHECK_MS = 250;

/**
 * The text of a document, piece by piece, without its byte order mark.
 * @throws DocumentError if it is not UTF-8, or an HTML page: many servers send one with status 200 for a missing file
 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const { read, all } = await peek(decoded(bytes), (pieces) => {
    const start = pieces.join("");
    return start.trimStart().length >= MIN_START_CHARACTERS || start.length >= MAX_LEADING_BLANKS;
  });
  if (HTML.test(read.join(""))) throw new DocumentError("is an HTML page");
  yield* all;
}

/** The lines of a text, in batches, without line ends. @throws DocumentError for a line that is too long */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string[], void, undefined> {
  let rest = "";
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) throw new DocumentError(`has a line of more than ${MAX_LINE_LENGTH} characters`);
    yield lines.map(withoutReturn);
  }
  yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new DocumentError("is not UTF-8");
    }
  };
  for await (const chunk of bytes) yield decode(chunk);
  yield decode();
}

/** What has arrived of a document, for the check of its pace. */
export interface Arrival {
  /** When the body began, in milliseconds since the epoch; undefined: no body is being read. */
  since: number | undefined;
  /** Compressed bytes. */
  bytes: number;
}

/**
 * The decompressed bytes of a document, with limits checked while they arrive.
 * @param encoding Content-Encoding: `gzip`, `identity`, …; undefined: detected from the bytes
 * @param arrival counts the compressed bytes
 * @throws DocumentError
 */
export async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  limits: DocumentLimits,
  arrival: Arrival,
): AsyncGenerator<Uint8Array, void, undefined> {
  const named = (encoding ?? "identity").trim().toLowerCase();
  if (named !== "identity" && named !== "gzip" && named !== "x-gzip")
    throw new DocumentError("has a Content-Encoding that is not gzip");
  let unpackedBytes = 0;
  const counted = counting(packed, (n) => {
    arrival.bytes += n;
    if (arrival.bytes > limits.packedBytes)
      throw new DocumentError(`is larger than ${limits.packedBytes / 1e6} MB, which is the limit before unpacking`);
  });
  let start = await peekBytes(counted);
  if (named !== "identity" || start.isGzip) {
    start = await peekBytes(gunzip(start.all));
    if (start.isGzip) throw new DocumentError("is packed twice; one layer of gzip is the limit");
  }
  yield* counting(start.all, (n) => {
    unpackedBytes += n;
    if (unpackedBytes > limits.unpackedBytes)
      throw new DocumentError(`is larger than ${limits.unpackedBytes / 1e6} MB, which is the limit after unpacking`);
    if (unpackedBytes > Math.max(RATIO_FREE_BYTES, arrival.bytes * limits.ratio))
      throw new DocumentError(`grows by more than ${limits.ratio} times when it is unpacked`);
  });
}

async function* gunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createGunzip();
  // Not awaited: the source ends with its next byte, which may never arrive.
  pipeline(packed, stream).catch(() => undefined);
  try {
    yield* stream;
  } catch (error) {
    throw errorCode(error).startsWith("Z_") ? new DocumentError("is not valid gzip", { cause: error }) : error;
  }
}

async function* counting(
  bytes: AsyncIterable<Uint8Array>,
  count: (n: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of bytes) {
    count(chunk.length);
    yield chunk;
  }
}

async function peekBytes(bytes: AsyncIterable<Uint8Array>) {
  const { read, all } = await peek(bytes, (chunks) => Buffer.concat(chunks).length >= 2);
  const [first, second] = Buffer.concat(read);
  return { isGzip: first === 0x1f && second === 0x8b, all };
}

/** Reads ahead until `isEnough`. @returns the items that were read, and all items from the first */
export async function peek<T>(
  items: AsyncIterable<T>,
  isEnough: (read: readonly T[]) => boolean,
): Promise<{ readonly read: readonly T[]; readonly all: AsyncGenerator<T, void, undefined> }> {
  const iterator = items[Symbol.asyncIterator]();
  const read: T[] = [];
  while (!isEnough(read)) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    read.push(value);
  }
  const all = async function* () {
    try {
      yield* read;
      for (;;) {
        const { value, done } = await iterator.next();
        if (done === true) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { read, all: all() };
}

/**
 * Runs `read` within the time and pace limits of a document.
 * @param read must stop on the signal, and records what arrives
 * @param ending ends it
 * @throws DocumentError on timeout; what `read` throws; the reason of `ending`
 */
export async function inDocumentTime<T>(
  { milliseconds, bytesPerSecond, paceAfterMs }: DocumentLimits,
  read: (signal: AbortSignal, arrival: Arrival) => Promise<T>,
  ending?: AbortSignal,
): Promise<T> {
  ending?.throwIfAborted();
  const controller = new AbortController();
  const { signal } = controller;
  const end = (problem: string) => controller.abort(new DocumentError(problem));
  const arrival: Arrival = { since: undefined, bytes: 0 };
  const checkPace = () => {
    const elapsedMs = arrival.since === undefined ? 0 : Date.now() - arrival.since;
    if (elapsedMs > paceAfterMs && arrival.bytes < (elapsedMs / 1_000) * bytesPerSecond)
      end(`came slower than ${bytesPerSecond} bytes a second`);
  };
  const timeout = setTimeout(() => end(`took longer than ${milliseconds / 1_000} s`), milliseconds);
  const interval = setInterval(checkPace, PACE_CHECK_MS);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const stop = () => controller.abort(ending?.reason);
  ending?.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([read(signal, arrival), aborted]);
  } finally {
    ending?.removeEventListener("abort", stop);
    clearTimeout(timeout);
    clearInterval(interval);
  }
}
