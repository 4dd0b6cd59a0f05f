/** A set of whole numbers from 0, one bit each: number n is bit n % 8 of byte n / 8. It grows with the largest of them. */
export class Bitmap {
  private bytes: Uint8Array;

  /** @param text as {@link toText} returned it. @default an empty set */
  constructor(text = "") {
    this.bytes = Buffer.from(text, "hex");
  }

  has(number: number): boolean {
    return ((this.bytes[number >> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }

  add(number: number): void {
    const at = number >> 3;
    if (at >= this.bytes.length) {
      const grown = new Uint8Array(Math.max(at + 1, 2 * this.bytes.length));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes[at] = (this.bytes[at] ?? 0) | (1 << (number & 7));
  }

  /** How many numbers it has. */
  get size(): number {
    let size = 0;
    for (const byte of this.bytes) for (let rest = byte; rest > 0; rest &= rest - 1) size++;
    return size;
  }

  /** In hexadecimal, without the room that it has grown by, so that equal sets have equal text. */
  toText(): string {
    const end = this.bytes.findLastIndex((byte) => byte !== 0) + 1;
    return Buffer.from(this.bytes.subarray(0, end)).toString("hex");
  }
}
