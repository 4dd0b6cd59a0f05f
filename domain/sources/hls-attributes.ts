/**
 * The attributes of a tag of a playlist, `NAME=value,NAME="value"`, without their quotes:
 * https://datatracker.ietf.org/doc/html/rfc8216#section-4.2
 * Read by hand: a regular expression would take time by the square of a long line.
 * @returns undefined: a quote is not closed
 */
export function hlsAttributes(text: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const equals = text.indexOf("=", at);
    if (equals === -1) break;
    const isQuoted = text[equals + 1] === '"';
    const from = isQuoted ? equals + 2 : equals + 1;
    const end = text.indexOf(isQuoted ? '"' : ",", from);
    if (end === -1 && isQuoted) return undefined;
    const to = end === -1 ? text.length : end;
    attributes.set(text.slice(at, equals).trim(), text.slice(from, to));
    const comma = text.indexOf(",", to);
    at = comma === -1 ? text.length : comma + 1;
  }
  return attributes;
}
