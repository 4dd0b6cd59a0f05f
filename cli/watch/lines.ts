import { isTerminal } from "../../domain/request/lifecycle.ts";
import { plainLine } from "../live/plain-line.ts";
import { isPaused } from "../live/view.ts";
import type { Sink } from "../shell.ts";
import type { Display } from "./display.ts";

const EVERY_MS = 10_000;
/** So often it is asked, so that the end is seen soon. */
const ASK_MS = 2_000;

/**
 * A line every ten seconds, and one whenever the status is another.
 * @param pausedHint said once while the request is paused
 * @param now milliseconds
 */
export function lines(sink: Sink, pausedHint?: string, now: () => number = Date.now): Display {
  let wasPaused = false;
  let saidAt = Number.NEGATIVE_INFINITY;
  let status = "";
  let silentSince: number | undefined;
  return {
    detail: undefined,
    everyMs: ASK_MS,
    show(progress) {
      silentSince = undefined;
      const paused = isPaused(progress);
      const isDue = now() - saidAt >= EVERY_MS || progress.status !== status || paused !== wasPaused;
      if (!isDue && !isTerminal(progress.status)) return;
      saidAt = now();
      status = progress.status;
      sink.write(`${plainLine(progress)}\n`);
      if (paused && !wasPaused && pausedHint !== undefined) sink.write(`${pausedHint}\n`);
      wasPaused = paused;
    },
    silent() {
      if (silentSince === undefined)
        sink.write("No response. The request continues without this command. Retrying …\n");
      silentSince ??= now();
    },
    note: (line) => sink.write(`${line}\n`),
    close: () => undefined,
  };
}
