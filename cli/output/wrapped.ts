import wrapAnsi from "wrap-ansi";

/**
 * A text in lines that end between words. A word that is longer than a line, such as a URL, is left whole.
 * @param width cells of a line; undefined: no bound, as in a pipe
 * @param indent before each line, and counted; so are the blanks that the text begins with
 */
export function wrapped(text: string, width: number | undefined, indent = ""): string[] {
  if (width === undefined) return [indent + text];
  const words = text.trimStart();
  const before = indent + text.slice(0, text.length - words.length);
  return wrapAnsi(words, Math.max(1, width - before.length))
    .split("\n")
    .map((line) => before + line);
}
