/**
 * Some of a request's POPs, one bit each by its place in the request's list: in hexadecimal, byte after byte, in a byte the
 * lowest bit first. So it stands in the list of good URLs.
 */
export type PopMask = string;

/** Whether the POP at a place is one of them. Asked for every task, so nothing is made here. */
export function isInMask(mask: PopMask, place: number): boolean {
  // Of a byte, the upper four bits are written first.
  const digit = (place >> 3) * 2 + ((place & 4) === 0 ? 1 : 0);
  return digit < mask.length && (digitValue(mask.charCodeAt(digit)) & (1 << (place & 3))) !== 0;
}

/** How many POPs are in it. */
export function countInMask(mask: PopMask): number {
  let count = 0;
  for (let place = 0; place < mask.length * 4; place++) if (isInMask(mask, place)) count++;
  return count;
}

/** Of a digit `0` to `9` or `a` to `f`, as they are written here. */
function digitValue(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}

/** Masks of many URLs while they are put together: 60,000 of 600 POPs are 4.5 MB. */
export class PopMasks {
  private readonly width: number;
  private readonly bytes: Uint8Array;

  /** @param pops how many the request has */
  constructor(
    count: number,
    private readonly pops: number,
  ) {
    this.width = Math.ceil(pops / 8);
    this.bytes = new Uint8Array(count * this.width);
  }

  add(row: number, place: number): void {
    const at = row * this.width + (place >> 3);
    this.bytes[at] = (this.bytes[at] ?? 0) | (1 << (place & 7));
  }

  has(row: number, place: number): boolean {
    return ((this.bytes[row * this.width + (place >> 3)] ?? 0) & (1 << (place & 7))) !== 0;
  }

  /** How many POPs a row has. */
  countOf(row: number): number {
    let count = 0;
    for (let place = 0; place < this.pops; place++) if (this.has(row, place)) count++;
    return count;
  }

  /** The mask of a row, by the places of another list of POPs. @param places in that list, by place in this one */
  maskOf(row: number, places: readonly (number | undefined)[]): PopMask {
    const most = Math.max(-1, ...places.map((place) => place ?? -1));
    const bytes = Buffer.alloc(Math.ceil((most + 1) / 8));
    for (const [from, to] of places.entries()) {
      if (to !== undefined && this.has(row, from)) bytes[to >> 3] = (bytes[to >> 3] ?? 0) | (1 << (to & 7));
    }
    return bytes.toString("hex");
  }
}
