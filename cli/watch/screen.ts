import { createLogUpdate } from "log-update";
import type { Progress } from "../../client/answers.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import { frame } from "../live/frame.ts";
import type { Glyphs } from "../live/glyphs.ts";
import { Rates } from "../live/rates.ts";
import { isPaused, type View } from "../live/view.ts";
import { cleanStyled } from "../output/clean.ts";
import type { Paint } from "../output/paint.ts";
import type { Display } from "./display.ts";
import { SteadyFinish } from "./steady-finish.ts";

export interface ScreenOptions {
  readonly glyphs: Glyphs;
  readonly paint: Paint;
  readonly listed: View["listed"];
  readonly isDirect?: boolean;
  /** States where the request stands. */
  readonly sentenceOf: (progress: Progress) => string;
  /** What is said below while it runs. */
  readonly hint: string;
  /** What is said before that while it is paused. */
  readonly pausedHint?: string;
}

const REDRAW_MS = 500;
const ASK_MS = 2_000;

/** A terminal, which says how large it is. */
type Terminal = NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };

/** The live view, redrawn twice a second. */
export function screen(
  out: Terminal,
  { glyphs, paint, listed, hint, pausedHint, isDirect = false, sentenceOf }: ScreenOptions,
): Display {
  const draw = createLogUpdate(out);
  const rates = new Rates();
  const steady = new SteadyFinish();
  let view: View | undefined;
  let answeredAt = 0;
  let silentSince: number | undefined;
  let notes: string[] = [];
  let height = 0;
  const redraw = () => {
    if (view === undefined) return;
    const now = performance.now();
    const running = isPaused(view.progress) && pausedHint !== undefined ? [pausedHint, hint] : [hint];
    const hints = isTerminal(view.progress.status) || notes.length > 0 ? notes : running;
    const silentMs = silentSince === undefined ? undefined : now - answeredAt;
    const lines = frame(
      { ...view, silentMs, hints },
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
    show(answer) {
      answeredAt = performance.now();
      silentSince = undefined;
      const progress = steady.of(answer, answeredAt);
      view = {
        progress,
        listed,
        isDirect,
        sentence: sentenceOf(progress),
        hints: [],
        rates: rates.add(progress, answeredAt),
      };
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
