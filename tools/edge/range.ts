/** Offsets of a body: from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of `size` bytes that a Range header asks for. `undefined`: send everything, which is what RFC 9110 allows for
 * several ranges at once and asks for when the header makes no sense.
 */
export function requestedRange(header: string | undefined, size: number): Range | "unsatisfiable" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
  if (from !== "" && to !== "" && Number(from) > Number(to)) return undefined;
  return start < end ? { start, end } : "unsatisfiable";
}

/** The value of Content-Range, for a part and for a 416. */
export function contentRange(range: Range | "unsatisfiable", size: number): string {
  return range === "unsatisfiable" ? `bytes */${size}` : `bytes ${range.start}-${range.end - 1}/${size}`;
}
