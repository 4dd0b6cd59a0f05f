/** The URLs of a text, one a line. Empty lines and those that begin with `#` are left out. */
export function urlLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
