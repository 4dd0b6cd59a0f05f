import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { cleanLine } from "./clean.ts";
import type { Paint } from "./paint.ts";

export interface Column {
  readonly head: string;
  /** @default left */
  readonly align?: "left" | "right";
  /** Cut to what is left of the width. @default as wide as its longest cell */
  readonly gives?: boolean;
  /** Left out where the line is too narrow, that of the smallest number first. @default stays, so that ids and names are whole */
  readonly dropped?: number;
}

export interface TableLook {
  /** Cells of a line; `undefined`: no bound, as in a pipe. */
  readonly width: number | undefined;
  readonly paint: Paint;
}

const GAP = "  ";

/** Lines of a table, its head first. Cells have no colour. */
export function table(all: readonly Column[], rows: readonly (readonly string[])[], look: TableLook): string[] {
  const every = [all.map(({ head }) => head), ...rows.map((row) => row.map(cleanLine))];
  const longest = all.map((_, i) => every.reduce((most, row) => Math.max(most, stringWidth(row[i] ?? "")), 0));
  const kept = keptOf(all, longest, look.width);
  const of = <T>(row: readonly T[]) => row.filter((_, i) => kept.has(i));
  const [columns, natural, cells] = [of(all), of(longest), every.map(of)];
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
  if (stringWidth(text) <= width) return text;
  const [start] =
    width < 2 ? [""] : wrapAnsi(text, width - 1, { hard: true, wordWrap: false, trim: false }).split("\n");
  return `${start}…`;
}

export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const fitting = cut(text, width);
  const room = " ".repeat(Math.max(0, width - stringWidth(fitting)));
  return align === "right" ? room + fitting : fitting + room;
}

const LEAST = 8;

/** The places of the columns that a line has room for. */
function keptOf(columns: readonly Column[], natural: readonly number[], width: number | undefined): Set<number> {
  const kept = new Set(columns.keys());
  const places = [...kept].filter((i) => columns[i]?.dropped !== undefined);
  const least = (i: number) => (columns[i]?.gives === true ? Math.min(LEAST, natural[i] ?? 0) : (natural[i] ?? 0));
  for (const place of places.toSorted((a, b) => (columns[a]?.dropped ?? 0) - (columns[b]?.dropped ?? 0))) {
    const needed = [...kept].reduce((sum, i) => sum + least(i), GAP.length * (kept.size - 1));
    if (width === undefined || needed <= width) break;
    kept.delete(place);
  }
  return kept;
}

/** Takes what a line has no room for from the widest of the columns that give, one cell after the other. */
function fit(columns: readonly Column[], natural: readonly number[], width: number | undefined): number[] {
  const widths = [...natural];
  const giving = [...columns.keys()].filter((i) => columns[i]?.gives === true);
  const widest = () => giving.reduce((most, i) => ((widths[i] ?? 0) > (widths[most] ?? 0) ? i : most), giving[0] ?? -1);
  let over =
    widths.reduce((sum, it) => sum + it, GAP.length * (columns.length - 1)) - (width ?? Number.POSITIVE_INFINITY);
  for (let i = widest(); over > 0 && (widths[i] ?? 0) > LEAST; i = widest()) {
    widths[i] = (widths[i] ?? 0) - 1;
    over--;
  }
  return widths;
}
