import { createLogUpdate } from "log-update";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { frame } from "../live/frame.ts";
import type { Glyphs } from "../live/glyphs.ts";
import { Rates } from "../live/rates.ts";
import type { View } from "../live/view.ts";
import { cleanStyled } from "../output/clean.ts";
import type { Paint } from "../output/paint.ts";
import type { Display } from "./display.ts";
import { sentenceOf } from "./sentence-of.ts";
import { SteadySentence } from "./steady-sentence.ts";

export interface ScreenOptions {
  readonly glyphs: Glyphs;
  readonly paint: Paint;
  readonly listed: View["listed"];
  readonly isDirect?: boolean;
  /** What is said below while it runs. */
  readonly hint: string;
}

const REDRAW_MS = 500;
const ASK_MS = 2_000;

/** A terminal, which says how large it is. */
type Terminal = NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };

/** The live view, redrawn twice a second. */
export function screen(out: Terminal, { glyphs, paint, listed, hint, isDirect = false }: ScreenOptions): Display {
  const draw = createLogUpdate(out);
  const rates = new Rates();
  const steady = new SteadySentence();
  let view: View | undefined;
  let answeredAt = 0;
  let silentSince: number | undefined;
  let notes: string[] = [];
  let height = 0;
  const redraw = () => {
    if (view === undefined) return;
    const now = performance.now();
    const hints = isTerminal(view.progress.status) ? notes : notes.length > 0 ? notes : [hint];
    const silentMs = silentSince === undefined ? undefined : now - answeredAt;
    const lines = frame(
      { ...view, sinceMs: now - answeredAt, silentMs, hints },
      { width: out.columns ?? 80, height: out.rows ?? 24, glyphs, paint },
    );
    // log-update writes what has changed alone. Where lines are added or gone, it takes those below them for unchanged.
    if (lines.length !== height) draw.clear();
    height = lines.length;
    draw(lines.map(cleanStyled).join("\n"));
  };
  const timer = setInterval(redraw, REDRAW_MS);
  return {
    detail: "pops,failures",
    everyMs: ASK_MS,
    show(progress) {
      answeredAt = performance.now();
      silentSince = undefined;
      const sentence = steady.of(progress.status, sentenceOf(progress), answeredAt);
      view = { progress, listed, isDirect, sentence, sinceMs: 0, hints: [], rates: rates.add(progress, answeredAt) };
      redraw();
    },
    silent() {
      silentSince ??= performance.now();
    },
    note(line) {
      notes = [...notes, line];
      redraw();
    },
    close() {
      clearInterval(timer);
      redraw();
      draw.done();
    },
  };
}
