/** What a text that should be JSON has outside of its strings. */
export interface JsonShape {
  readonly hasComments: boolean;
  /** How deep its lists and objects are nested. */
  readonly depth: number;
  /** How many fields all its objects have together. */
  readonly fields: number;
}

/**
 * Looks at each character once, and keeps nothing: what is too deep or too wide is refused before the parser makes
 * objects of it, which take up to sixty times the room of the text. A regular expression that skips strings would go
 * through the rest of the text again for each quote that nobody closes.
 */
export function shapeOf(text: string): JsonShape {
  let [hasComments, inString, open, depth, fields] = [false, false, 0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      // JSON has no line breaks in strings, so a quote that is not closed ends with its line.
      else if (character === '"' || character === "\n") inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") depth = Math.max(depth, ++open);
    else if (character === "]" || character === "}") open--;
    else if (character === ":") fields++;
    else if (character === "/" && (text[i + 1] === "/" || text[i + 1] === "*")) hasComments = true;
  }
  return { hasComments, depth, fields };
}
