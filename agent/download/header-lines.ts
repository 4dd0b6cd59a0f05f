/**
 * Lines of a request's head, each with its CRLF, to be sent as Latin-1.
 * @param flat names and values in turn
 * @throws Error for what would not be the header that it seems to be: the caller has checked, and this is the last look
 */
export function headerLines(flat: readonly string[]): string {
  let lines = "";
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const line = `${flat[i]}: ${flat[i + 1]}`;
    if (!/^[\t\x20-\x7e]+$/.test(line))
      throw new Error(`the header ${JSON.stringify(line)} has a character that none may have`);
    lines += `${line}\r\n`;
  }
  return lines;
}
