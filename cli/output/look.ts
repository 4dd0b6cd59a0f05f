import type { Shell, Sink } from "../shell.ts";
import { type Paint, painter, wantsColour } from "./paint.ts";

export interface Look {
  /** Cells of a line; undefined in a pipe. */
  readonly width: number | undefined;
  readonly paint: Paint;
}

/** How lines to a sink look. @param sink @default stdout */
export function lookOf({ env, stdout }: Pick<Shell, "env" | "stdout">, sink: Sink = stdout): Look {
  return {
    width: sink.isTTY === true ? (sink.columns ?? 80) : undefined,
    paint: painter(wantsColour(env, sink.isTTY)),
  };
}
