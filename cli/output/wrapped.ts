import { lengthOf } from "./table.ts";

/**
 * A text in lines that end between words. A word that is longer than a line, such as a URL, is left whole.
 * @param width cells of a line; undefined: no bound, as in a pipe
 * @param indent before each line, and counted
 */
export function wrapped(text: string, width: number | undefined, indent = ""): string[] {
  if (width === undefined || lengthOf(indent + text) <= width) return [indent + text];
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    const longer = line === indent ? line + word : `${line} ${word}`;
    if (line !== indent && lengthOf(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}
