import { WriteStream } from "node:tty";
import { ASCII, isUtf8, SHAPES } from "../live/glyphs.ts";
import { lookOf } from "../output/look.ts";
import type { Shell, Sink } from "../shell.ts";
import type { Display } from "./display.ts";
import { lines } from "./lines.ts";
import { type ScreenOptions, screen } from "./screen.ts";
import { sentenceOf } from "./sentence-of.ts";

/** A live view if the sink is a terminal that can be drawn on; else lines. */
export function openDisplay(
  shell: Shell,
  sink: Sink,
  options: Omit<ScreenOptions, "glyphs" | "paint" | "sentenceOf">,
): Display {
  const { terminal } = sink;
  if (!(terminal instanceof WriteStream) || !terminal.isTTY || shell.env["TERM"] === "dumb")
    return lines(sink, options.pausedHint);
  const glyphs = isUtf8(shell.env, process.platform) ? SHAPES : ASCII;
  const { paint } = lookOf(shell, sink);
  return screen(terminal, { ...options, glyphs, paint, sentenceOf: (progress) => sentenceOf(progress, shell) });
}
