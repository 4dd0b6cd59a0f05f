import { lengthOf } from "./table.ts";

/**
 * A text in lines that end between words. A word that is longer than a line, such as a URL, is left whole.
 * @param width cells of a line; undefined: no bound, as in a pipe
 * @param indent before each line, and counted; so are the blanks that the text begins with
 */
export function wrapped(text: string, width: number | undefined, indent = ""): string[] {
  if (width === undefined || lengthOf(indent + text) <= width) return [indent + text];
  const words = text.trimStart();
  const before = indent + text.slice(0, text.length - words.length);
  const lines: string[] = [];
  let line = before;
  for (const word of words.split(" ")) {
    const longer = line === before ? line + word : `${line} ${word}`;
    if (line !== before && lengthOf(longer) > width) {
      lines.push(line);
      line = before + word;
    } else line = longer;
  }
  return [...lines, line];
}
