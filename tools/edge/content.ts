import { createHash } from "node:crypto";

const BLOCK_BYTES = 64 * 1024;

/** `letters`: text that a compression makes about half as large. `bytes`: nothing makes them smaller. */
export type Alphabet = "bytes" | "letters";

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
