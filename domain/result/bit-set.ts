/** A set of small whole numbers, a bit each. It grows with the largest of them. */
export class BitSet {
  private bits: Uint8Array;
  private members = 0;

  /** @param saved in Base64: {@link saved} */
  constructor(saved = "") {
    this.bits = new Uint8Array(Buffer.from(saved, "base64"));
    for (const byte of this.bits) this.members += ones(byte);
  }

  add(number: number): void {
    const [at, bit] = [number >> 3, 1 << (number & 7)];
    if (at >= this.bits.length) this.grow(at + 1);
    const byte = this.bits[at] ?? 0;
    if ((byte & bit) !== 0) return;
    this.bits[at] = byte | bit;
    this.members++;
  }

  get size(): number {
    return this.members;
  }

  saved(): string {
    // Without the room that it has grown by, so that equal sets are kept alike.
    const end = this.bits.findLastIndex((byte) => byte !== 0) + 1;
    return Buffer.from(this.bits.subarray(0, end)).toString("base64");
  }

  private grow(bytes: number): void {
    const grown = new Uint8Array(Math.max(bytes, 2 * this.bits.length));
    grown.set(this.bits);
    this.bits = grown;
  }
}

function ones(byte: number): number {
  let rest = byte;
  let count = 0;
  for (; rest > 0; rest &= rest - 1) count++;
  return count;
}
