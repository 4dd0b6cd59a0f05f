import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type DocumentLimits, MAX_LINE_LENGTH, RATIO_FREE_BYTES } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document.ts";

/** So many characters tell a page from a document; blank ones before them are skipped up to this. */
const ENOUGH = 64;
const MAX_BLANKS = 10_000;
const HTML = /^\s*<(?:!doctype\s+html|html|head|body)\b/i;

/**
 * The text of a document, piece by piece, without its byte order mark.
 * @throws DocumentError if it is not UTF-8, or an HTML page: what servers answer instead of what they do not have
 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let start: string | undefined = "";
  for await (const piece of decoded(bytes)) {
    if (start === undefined) {
      yield piece;
      continue;
    }
    start += piece;
    if (start.trimStart().length < ENOUGH && start.length < MAX_BLANKS) continue;
    yield noHtml(start);
    start = undefined;
  }
  if (start !== undefined) yield noHtml(start);
}

/** The lines of a text, some at a time, without their ends. @throws DocumentError for a line that is too long */
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

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of bytes) yield decode(decoder, chunk);
  yield decode(decoder);
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new DocumentError("is not UTF-8");
  }
}

function noHtml(start: string): string {
  if (HTML.test(start)) throw new DocumentError("is an HTML page");
  return start;
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

const NESTED = "is packed twice; one layer of gzip is the limit";

/**
 * The bytes of a document without their one layer of gzip, counted while they come.
 * @param encoding of the answer: `gzip`, `identity`, …; undefined: the bytes themselves say
 * @throws DocumentError
 */
export async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  limits: Pick<DocumentLimits, "packedBytes" | "unpackedBytes" | "ratio">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const named = (encoding ?? "identity").trim().toLowerCase();
  if (named !== "identity" && named !== "gzip" && named !== "x-gzip")
    throw new DocumentError("has a Content-Encoding that is not gzip");
  let packedBytes = 0;
  let unpackedBytes = 0;
  const counted = counting(packed, (n) => {
    packedBytes += n;
    if (packedBytes > limits.packedBytes)
      throw new DocumentError(`is larger than ${limits.packedBytes / 1e6} MB, which is the limit before unpacking`);
  });
  const { first, all } = await peek(counted);
  const isPacked = named !== "identity" || isGzip(first);
  const plain = isPacked ? await peek(gunzip(all)) : { first: undefined, all };
  if (isGzip(plain.first)) throw new DocumentError(NESTED);
  yield* counting(plain.all, (n) => {
    unpackedBytes += n;
    if (unpackedBytes > limits.unpackedBytes)
      throw new DocumentError(`is larger than ${limits.unpackedBytes / 1e6} MB, which is the limit after unpacking`);
    if (unpackedBytes > Math.max(RATIO_FREE_BYTES, packedBytes * limits.ratio))
      throw new DocumentError(`grows by more than ${limits.ratio} times when it is unpacked`);
  });
}

async function* gunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createGunzip();
  // What goes wrong while bytes are fed in ends the stream too. The error of the bytes themselves is kept.
  let cause: unknown;
  // Not waited for: it ends with its next byte, which may never come.
  pipeline(
    failing(packed, (error) => (cause = error)),
    stream,
  ).catch(() => undefined);
  try {
    yield* stream;
  } catch (error) {
    throw cause ?? new DocumentError("is not valid gzip", { cause: error });
  } finally {
    stream.destroy();
  }
}

async function* failing(
  bytes: AsyncIterable<Uint8Array>,
  note: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    note(error);
    throw error;
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

/** The first two bytes, and all of them. */
async function peek(bytes: AsyncIterable<Uint8Array>) {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let first = new Uint8Array();
  while (first.length < 2) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    chunks.push(value);
    first = Buffer.concat([first, value.subarray(0, 2)]);
  }
  return { first, all: rejoined(chunks, iterator) };
}

async function* rejoined(
  chunks: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
    for (;;) {
      const { value, done } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

function isGzip(first: Uint8Array | undefined): boolean {
  return first !== undefined && first[0] === 0x1f && first[1] === 0x8b;
}

const LOOKS_EVERY_MS = 250;

/** How long a document is waited for: in all, and for each byte. Its signal ends what is under way. */
export class Patience {
  private readonly controller = new AbortController();
  private readonly timers: NodeJS.Timeout[];
  private since: number | undefined;
  private bytes = 0;

  constructor(private readonly limits: Pick<DocumentLimits, "bytesPerSecond" | "paceAfterMs" | "milliseconds">) {
    const { milliseconds } = limits;
    this.timers = [
      setTimeout(() => this.end(`took longer than ${milliseconds / 1_000} s`), milliseconds),
      setInterval(() => this.look(), LOOKS_EVERY_MS),
    ];
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Lets bytes through and looks at their pace. @throws DocumentError once it is too slow */
  async *watch(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    this.since = Date.now();
    this.bytes = 0;
    const iterator = bytes[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { value, done } = await this.inTime(iterator.next());
        if (done === true) break;
        this.bytes += value.length;
        yield value;
      }
    } finally {
      this.since = undefined;
      // Not waited for: a generator that hangs would not end before its next byte.
      iterator.return?.()?.catch(() => undefined);
    }
  }

  /** The outcome, unless patience ends before it. @throws DocumentError */
  async inTime<T>(outcome: Promise<T>): Promise<T> {
    const ended = withRejection();
    const onAbort = () => ended.reject(this.signal.reason);
    this.signal.addEventListener("abort", onAbort, { once: true });
    if (this.signal.aborted) onAbort();
    try {
      // Both are raced in any case: an outcome that nobody waits for would end the process when it fails.
      return await Promise.race([ended.promise, outcome]);
    } finally {
      this.signal.removeEventListener("abort", onAbort);
    }
  }

  /** Nothing is waited for any more. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  private look(): void {
    if (this.since === undefined) return;
    const elapsedMs = Date.now() - this.since;
    const { bytesPerSecond, paceAfterMs } = this.limits;
    if (elapsedMs > paceAfterMs && this.bytes < (elapsedMs / 1_000) * bytesPerSecond)
      this.end(`came slower than ${bytesPerSecond} bytes a second`);
  }

  private end(problem: string): void {
    this.controller.abort(new DocumentError(problem));
  }
}

function withRejection(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  return { promise, reject };
}
