/** Cells of a line, and lines. */
export type TerminalSize = readonly [columns: number, rows: number];

/**
 * What is to be started so that a command runs on a terminal of its own, whose output comes through a pipe. `script` is part of
 * util-linux.
 * @param words the command and its arguments, none of which has a quote
 */
export function onTerminal([columns, rows]: TerminalSize, words: readonly string[]): readonly [string, string[]] {
  const line = words.map((word) => `'${word}'`).join(" ");
  return ["script", ["-qefc", `stty cols ${columns} rows ${rows}; exec ${line}`, "/dev/null"]];
}
