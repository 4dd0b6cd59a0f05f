import stringWidth from "string-width";
import { elapsed } from "../../domain/durations.ts";
import type { Paint } from "../output/paint.ts";
import { wrapped } from "../output/wrapped.ts";
import type { Glyphs } from "./glyphs.ts";
import { byPop, byRec, folded } from "./groups.ts";
import { barLine, outcomesLine, ROOMY, sentenceLine, titleLine } from "./head.ts";
import { rowLines } from "./rows.ts";
import { type Line, span, written } from "./spans.ts";
import { failureLines, retryingLines, warningLines } from "./trouble.ts";
import type { View } from "./view.ts";

export interface FrameLook {
  /** Cells and lines of the window. */
  readonly width: number;
  readonly height: number;
  readonly glyphs: Glyphs;
  readonly paint: Paint;
}

/** A line a POP from so many cells on, if they fit. */
const POPS_FROM = 120;

/** The live view as lines: never wider nor taller than the window. */
export function frame(view: View, look: FrameLook): string[] {
  const width = Math.max(20, look.width);
  // The cursor has a line of its own.
  const height = Math.max(4, look.height - 1);
  const wide = { ...look, width };
  const lines = [true, false]
    .map((airy) => composed(view, wide, airy && width >= ROOMY, height))
    .find((it) => it.length <= height);
  return (lines ?? composed(view, wide, false, height).slice(0, height)).map((line) =>
    written(line, width, look.paint),
  );
}

/** @param airy with blank lines between the parts */
function composed(view: View, { width, glyphs }: FrameLook, airy: boolean, height: number): Line[] {
  const { progress } = view;
  const parts: Line[][] = [
    [titleLine(view, width, glyphs)],
    [sentenceLine(view.sentence)],
    [barLine(view, width, glyphs), outcomesLine(view, width, glyphs)],
  ];
  const below: Line[][] = [
    [...failureLines(progress, width, glyphs), ...retryingLines(progress), ...warningLines(progress)],
    footLines(view, width),
  ].filter((part) => part.length > 0);
  const between = airy ? 1 : 0;
  const others = [...parts, ...below];
  const taken = others.flat().length + between * others.length;
  const rows = tableLines(view, { width, glyphs, airy }, height - taken);
  return spaced([...parts, ...(rows.length > 0 ? [rows] : []), ...below], between);
}

function tableLines(
  { progress: { pops }, rates }: View,
  { width, glyphs, airy }: { readonly width: number; readonly glyphs: Glyphs; readonly airy: boolean },
  lines: number,
): Line[] {
  const room = lines - (airy ? 1 : 0);
  const isPops = width >= POPS_FROM && pops.length <= room;
  const groups = isPops ? byPop(pops) : folded(byRec(pops), airy ? Math.max(MIN_ROWS, room) : room, "RECs");
  const withHead = airy || groups.length < room;
  return groups.length === 0 ? [] : rowLines(groups, { width, glyphs, isPops, rates }, withHead);
}

/** With blank lines, at least so many rows shall be there; else there are none. */
const MIN_ROWS = 3;

function footLines({ silentMs, hints }: View, width: number): Line[] {
  if (silentMs !== undefined)
    return [
      [span(`No response for ${elapsed(silentMs, "en")}. The request continues without this command.`, "yellow")],
    ];
  return hints.flatMap((hint) => hintParts(hint, width)).map(hintLine);
}

/** What does not fit into a line has several: a command with half an id cannot be copied. */
function hintParts(hint: string, width: number): readonly string[] {
  return stringWidth(hint) <= width ? [hint] : hint.split("  ").flatMap((part) => wrapped(part, width));
}

/** A command at its end is what one copies: it stands out. */
function hintLine(hint: string): Line {
  const at = hint.lastIndexOf(": ");
  return at < 0 ? [span(hint, "dim")] : [span(hint.slice(0, at + 2), "dim"), span(hint.slice(at + 2))];
}

function spaced(parts: readonly (readonly Line[])[], between: number): Line[] {
  const blank: Line[] = Array.from({ length: between }, () => []);
  return parts.flatMap((part, i) => (i === 0 ? part : [...blank, ...part]));
}
