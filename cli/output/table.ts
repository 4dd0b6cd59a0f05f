import { cleanLine } from "./clean.ts";
import type { Paint } from "./paint.ts";

export interface Column {
  readonly head: string;
  /** @default left */
  readonly align?: "left" | "right";
  /** Cut to what is left of the width. One column of a table at most. @default as wide as its longest cell */
  readonly gives?: boolean;
}

export interface TableLook {
  /** Cells of a line; `undefined`: no bound, as in a pipe. */
  readonly width: number | undefined;
  readonly paint: Paint;
}

const GAP = "  ";

/** Lines of a table, its head first. Cells have no colour: widths are counted in characters. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], look: TableLook): string[] {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => row.map(cleanLine))];
  const natural = columns.map((_, i) => cells.reduce((most, row) => Math.max(most, lengthOf(row[i] ?? "")), 0));
  const widths = fit(columns, natural, look.width);
  const lines = cells.map((row) =>
    columns
      .map(({ align }, i) => pad(row[i] ?? "", widths[i] ?? 0, align))
      .join(GAP)
      .trimEnd(),
  );
  return lines.map((line, i) => (i === 0 ? look.paint("dim", line) : line));
}

/** A text in so many cells; one that is longer ends in `…`. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}

export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const fitting = cut(text, width);
  const room = " ".repeat(Math.max(0, width - lengthOf(fitting)));
  return align === "right" ? room + fitting : fitting + room;
}

export function lengthOf(text: string): number {
  return [...text].length;
}

const LEAST = 8;

function fit(columns: readonly Column[], natural: readonly number[], width: number | undefined): number[] {
  if (width === undefined) return [...natural];
  const all = natural.reduce((sum, it) => sum + it, GAP.length * (columns.length - 1));
  return natural.map((it, i) => (columns[i]?.gives === true ? Math.max(LEAST, it - Math.max(0, all - width)) : it));
}
