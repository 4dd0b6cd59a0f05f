import { createHash } from "node:crypto";

/** How the origin's connection breaks in the middle of a body. */
export interface Cut {
  /** Bytes of the body that come before. */
  readonly after: number;
  /**
   * What the origin says of the length: Content-Length, chunks of which the last one never comes, or nothing at all, so
   * that the end of the connection looks like the end of the body.
   */
  readonly length: "stated" | "chunked" | "none";
  /**
   * How many of the first GETs it happens to.
   * @default all
   */
  readonly times?: number;
}

export interface SiteObject {
  /** Bytes of the body. */
  readonly size: number;
  /** @default 200 */
  readonly status?: number;
  /** Added to the origin's own headers. One of the same name replaces the origin's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, of which a compression leaves about half, instead of random bytes. */
  readonly letters?: boolean;
  /** The bytes themselves, such as a playlist's; `size` is their number. @default random ones */
  readonly body?: Buffer;
  /** Request headers, in lower case, whose values decide over the bytes. `*` may stand among `headers` instead. */
  readonly vary?: readonly string[];
  /** The size that a HEAD and a range of one byte tell, if they tell a wrong one. */
  readonly probedSize?: number;
  readonly cut?: Cut;
}

export interface StoredObject extends Pick<SiteObject, "vary" | "cut"> {
  /** What its bytes follow from. */
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Content;
  /** What a probe is told about instead. */
  readonly probed?: Content;
}

export type SiteMap = ReadonlyMap<string, SiteObject> | Readonly<Record<string, SiteObject>>;

/** The tiers keep whole bodies in memory, so an object cannot be larger. */
const MAX_OBJECT_BYTES = 1024 ** 3;

/** What the origin has. Paths begin with a slash; a path given with a query string answers for that query alone. */
export class Site {
  readonly #objects = new Map<string, StoredObject>();
  readonly #revisions = new Map<string, number>();

  constructor(objects: SiteMap) {
    for (const [path, object] of objects instanceof Map ? objects : Object.entries(objects)) this.add(path, object);
  }

  /** Adding a path again is a new upload: other bytes and another ETag, even at the same size. */
  add(path: string, object: SiteObject): void {
    const { size, status = 200, headers = {}, letters = false, body, probedSize, vary, cut } = object;
    if (!path.startsWith("/")) throw new RangeError(`a path of the site begins with a slash, not: ${path}`);
    if (!Number.isInteger(size) || size < 0 || size > MAX_OBJECT_BYTES) {
      throw new RangeError(`${path}: an object has 0 to ${MAX_OBJECT_BYTES} bytes, not ${size}`);
    }
    const revision = this.#revisions.get(path) ?? 0;
    this.#revisions.set(path, revision + 1);
    const name = `${path}#${revision}`;
    this.#objects.set(path, {
      name,
      status,
      headers,
      content: new Content(name, size, letters ? "letters" : "bytes", body),
      ...(probedSize !== undefined && { probed: new Content(name, probedSize) }),
      ...(vary && { vary }),
      ...(cut && { cut }),
    });
  }

  /** `target` is a request's path and query, still percent-encoded; the site may be written either way. */
  find(target: string): StoredObject | undefined {
    const path = target.split("?", 1)[0] ?? target;
    return this.#objects.get(target) ?? this.#objects.get(path) ?? this.#objects.get(decoded(path));
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // A stray % is no error: the path is just unknown.
  }
}

const BLOCK_BYTES = 64 * 1024;

/** `letters`: text that a compression makes about half as large. `bytes`: nothing makes them smaller. */
type Alphabet = "bytes" | "letters";

/**
 * The bytes of one object: pseudo-random, and the same in every run for the same name. They are made a block at a time:
 * so an object of any size costs the origin 64 KiB of memory, and any part can be made without the part before it.
 */
export class Content {
  readonly size: number;
  readonly etag: string;
  readonly alphabet: Alphabet;
  readonly #seed: number;

  /** @param given the bytes, if they are to be these. @default made up */
  constructor(
    name: string,
    size: number,
    alphabet: Alphabet = "bytes",
    private readonly given?: Buffer,
  ) {
    const digest = createHash("sha256").update(name).digest();
    this.size = size;
    this.alphabet = alphabet;
    this.#seed = digest.readUInt32LE(0);
    this.etag = `"${digest.toString("hex", 0, 8)}-${size.toString(16)}"`;
  }

  /** The bytes from `start` up to, not including, `end`. */
  *read(start = 0, end = this.size): Generator<Buffer> {
    if (this.given !== undefined) {
      yield this.given.subarray(start, end);
      return;
    }
    for (let at = start; at < end; ) {
      const index = Math.floor(at / BLOCK_BYTES);
      const from = at - index * BLOCK_BYTES;
      const block = this.#block(index).subarray(from, Math.min(BLOCK_BYTES, from + end - at));
      at += block.length;
      yield block;
    }
  }

  #block(index: number): Buffer {
    const words = new Uint32Array(BLOCK_BYTES / 4);
    // xorshift32, seeded by the block's number; it would stay at 0 for ever, hence the 1.
    let state = (this.#seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0 || 1;
    for (let word = 0; word < words.length; word += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      // Sixteen letters, from a to p: one bit in two carries something.
      words[word] = this.alphabet === "bytes" ? state : (state & 0x0f0f0f0f) + 0x61616161;
    }
    return Buffer.from(words.buffer);
  }
}
