/** What a template is filled with once for a representation. */
export interface Filling {
  readonly id: string | undefined;
  readonly bandwidth: string | undefined;
}
/** A URL for the number and the time of a segment. */
export type Template = (number: bigint, time: bigint) => string;

const IDENTIFIER = /^(RepresentationID|Number|Bandwidth|Time)(?:%0(\d{1,2})d)?$/;
/** 20 identifiers and what is between them: each representation keeps a template of its own. */
const MAX_PIECES = 41;

/**
 * Reads a template of DASH: `$RepresentationID$/$Number%05d$.m4s` (ISO/IEC 23009-1, 5.3.9.4.4).
 * @param most characters of it, and once it is filled but for numbers: an empty id would make any number of them none
 * @returns undefined: an identifier is not known, not closed or not given, or the text is too long
 */
export function template(text: string, { id, bandwidth }: Filling, most: number): Template | undefined {
  if (text.length > most) return undefined;
  const pieces = text.split("$");
  if (pieces.length % 2 === 0 || pieces.length > MAX_PIECES) return undefined;
  const parts: (string | { readonly of: "number" | "time"; readonly width: number })[] = [];
  for (const [i, piece] of pieces.entries()) {
    const [, name, digits = "1"] = i % 2 === 0 ? [] : (IDENTIFIER.exec(piece) ?? []);
    const width = Number(digits);
    if (i % 2 === 0) parts.push(piece);
    else if (piece === "") parts.push("$");
    else if (name === "RepresentationID" && id !== undefined) parts.push(id);
    else if (name === "Bandwidth" && bandwidth !== undefined) parts.push(bandwidth.padStart(width, "0"));
    else if (name === "Number") parts.push({ of: "number", width });
    else if (name === "Time") parts.push({ of: "time", width });
    else return undefined;
  }
  if (parts.reduce((sum, it) => sum + (typeof it === "string" ? it.length : it.width), 0) > most) return undefined;
  return (number, time) =>
    parts.map((it) => (typeof it === "string" ? it : padded(it.of === "number" ? number : time, it.width))).join("");
}

/** As C's `printf` writes it: the sign counts to the width, and comes first. */
function padded(value: bigint, width: number): string {
  return value < 0n ? `-${String(-value).padStart(width - 1, "0")}` : String(value).padStart(width, "0");
}
