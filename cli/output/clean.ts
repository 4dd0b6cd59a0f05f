/**
 * A text from elsewhere, as a terminal may show it: what would move the cursor, change colours or the direction of writing is
 * `·`. Line breaks stay.
 */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "·");
}

/** The same in one line. */
export function cleanLine(text: string): string {
  return clean(text).replaceAll("\n", " ");
}
