import { bytes, count, NOT_MEASURED } from "../output/figures.ts";
import { pad } from "../output/table.ts";
import { bar } from "./bar.ts";
import type { Glyphs } from "./glyphs.ts";
import type { Group } from "./groups.ts";
import { ROOMY } from "./head.ts";
import { type Line, type Span, span } from "./spans.ts";

export interface RowsLook {
  readonly width: number;
  readonly glyphs: Glyphs;
  /** A row is a POP, and says its REC. */
  readonly isPops: boolean;
  readonly rates: ReadonlyMap<string, number> | undefined;
}

/** The rows, with a head over them where there is room for it. */
export function rowLines(groups: readonly Group[], look: RowsLook, withHead: boolean): Line[] {
  const lines = groups.map((group) => rowOf(group, look));
  return withHead ? [headOf(look), ...lines] : lines;
}

const RATE_FROM = 120;

/** Cells of each column; the bar has the rest. */
function widthsOf({ width, isPops }: RowsLook) {
  const roomy = width >= ROOMY;
  const fixed = roomy
    ? { name: 14, pops: isPops ? 16 : 4, percent: 6, warm: 8, bad: 10, left: 8, rate: width >= RATE_FROM ? 11 : 0 }
    : { name: 13, pops: 2, percent: 6, warm: 6, bad: 6, left: 6, rate: 0 };
  const used = Object.values(fixed).reduce((sum, it) => sum + it, 0) + 2 * 2;
  return { ...fixed, bar: Math.max(4, width - used) };
}

/** Over the bars, which need no head. */
const REC_MEANS = "REC: regional edge cache";

function headOf(look: RowsLook): Line {
  const w = widthsOf(look);
  const roomy = look.width >= ROOMY;
  // The number of POPs has two digits in a narrow window, and its head four letters.
  const names = look.isPops
    ? pad("POP", w.name) + pad("  REC", w.pops)
    : pad("REC", w.name + w.pops - 4) + pad("POPs", 4, "right");
  const text = [
    names,
    pad(w.bar < REC_MEANS.length ? "" : `  ${REC_MEANS}`, w.bar + 4),
    pad("done", w.percent, "right"),
    pad("warm", w.warm, "right"),
    pad(roomy ? "not warm" : "bad", w.bad, "right"),
    pad("left", w.left, "right"),
    pad(w.rate > 0 ? "rate" : "", w.rate, "right"),
  ];
  return [span(text.join(""), "dim")];
}

function rowOf(group: Group, look: RowsLook): Line {
  const w = widthsOf(look);
  const { tally, total, done } = group;
  const { times } = look.glyphs;
  const bad = tally.failed + tally.not_kept;
  const percent = total === 0 ? "-" : `${Math.floor((done * 100) / total)}%`;
  const badText = bad > 0 ? `${times} ${count(bad)}` : "0";
  const rate = look.rates?.get(group.name);
  return [
    span(pad(group.name, w.name)),
    second(group, look.isPops, w.pops),
    span("  "),
    ...bar(tally, w.bar, look.glyphs.row),
    span("  "),
    span(pad(percent, w.percent, "right")),
    span(pad(count(tally.warm + tally.hit + tally.done), w.warm, "right")),
    span(pad(badText, w.bad, "right"), bad > 0 ? "red" : "dim"),
    span(pad(count(tally.waiting), w.left, "right")),
    ...(w.rate > 0 ? [span(pad(rate === undefined ? NOT_MEASURED : `${bytes(rate)}/s`, w.rate, "right"), "dim")] : []),
  ];
}

function second({ pops, rec }: Group, isPops: boolean, width: number): Span {
  return isPops ? span(`  ${pad(rec, width - 2)}`, "dim") : span(pad(String(pops), width, "right"));
}
