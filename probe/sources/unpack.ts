import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type DocumentLimits, RATIO_FREE_BYTES } from "../../domain/sources/limits.ts";
import { DocumentError } from "./document-error.ts";

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
