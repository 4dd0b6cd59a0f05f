import stringWidth from "string-width";
import { cleanLine } from "../output/clean.ts";
import type { Paint, Style } from "../output/paint.ts";
import { cut } from "../output/table.ts";

/** A part of a line, in one style. */
export interface Span {
  readonly text: string;
  readonly style?: Style | undefined;
}
export type Line = readonly Span[];

export function span(text: string, style?: Style): Span {
  return { text, style };
}

/** A line as it is written: cut to the width before it is coloured. */
export function written(line: Line, width: number, paint: Paint): string {
  let room = width;
  const parts: string[] = [];
  for (const { text, style } of line) {
    if (room <= 0) break;
    const fitting = cut(cleanLine(text), room);
    room -= stringWidth(fitting);
    parts.push(style === undefined ? fitting : paint(style, fitting));
  }
  // What is coloured may end in blanks: only plain ones go.
  return parts.join("").trimEnd();
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + stringWidth(text), 0);
}

/** Lines beside each other, with so much between them. */
export function joined(lines: readonly Line[], gap: string): Line {
  return lines.flatMap((line, i) => (i === 0 ? line : [span(gap), ...line]));
}
