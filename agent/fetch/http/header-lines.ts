import type { Header } from "../../../domain/net/headers.ts";

/**
 * Lines of a request's head, each with its CRLF, to be sent as Latin-1.
 * @throws Error for a character that no header may have: the caller has checked, and this is the last check
 */
export function headerLines(headers: readonly Header[]): string {
  let lines = "";
  for (const [name, value] of headers) {
    const line = `${name}: ${value}`;
    if (!/^[\t\x20-\x7e]+$/.test(line))
      throw new Error(`the header ${JSON.stringify(line)} has a character that none may have`);
    lines += `${line}\r\n`;
  }
  return lines;
}
