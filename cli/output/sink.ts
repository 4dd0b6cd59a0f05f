import type { Sink } from "../shell.ts";
import { cleanPiped, cleanStyled } from "./clean.ts";

/**
 * The only way to what a stream shows: on a terminal, whatever the text has from elsewhere cannot move the cursor, write to the
 * clipboard or turn the text around. In a pipe or a file, it is no command to a CI runner; bytes, such as a CSV file's, stay as they are.
 */
export function sinkOf(stream: Sink): Sink {
  const decoder = new TextDecoder();
  const sink: Sink = {
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    terminal: stream,
    write(text) {
      if (stream.isTTY !== true) return stream.write(typeof text === "string" ? cleanPiped(text) : text);
      return stream.write(cleanStyled(typeof text === "string" ? text : decoder.decode(text, { stream: true })));
    },
    once: (event, hear) => stream.once?.(event, hear),
  };
  return sink;
}
