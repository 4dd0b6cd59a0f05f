import { BadResponseError } from "./response-head.ts";

const LF = 0x0a;
/** Most bytes of a line with a chunk's size and extensions, and of all trailers together. */
const MAX_LINE = 16_384;

/**
 * A chunk's size and extensions, with the CR of the line's end: RFC 9112, 7.1.1, without the spaces that it calls bad. With more digits,
 * the size may not be a safe integer.
 */
const SIZE =
  /^([\da-f]{1,13})(?:;[!#$%&'*+.^_`|~\w-]+(?:=(?:[!#$%&'*+.^_`|~\w-]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*\r$/i;
/** What such a line may begin with, and the line between two chunks. */
const SIZE_BEGINNING = /^[\da-f]{1,13}(?:\r?$|;)/i;
const DATA_END_BEGINNING = /^\r?$/;
/** Trailers that would change where the body ends: RFC 9110, 6.5.1, forbids them. */
const FRAMING = /^(?:content-length|transfer-encoding):/i;
const TRAILER = /^[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*\r$/;

type State = "SIZE" | "DATA" | "DATA_END" | "TRAILER" | "END";

/** Follows a body in chunks (RFC 9112, 7.1) through the pieces in which it arrives, and counts what it carries. */
export class ChunkedBody {
  private state: State = "SIZE";
  /** Bytes of the chunk that have not come. */
  private left = 0;
  /** The line between the data, as far as it has come. */
  private line = "";
  /** Its bytes, or those of all trailers. */
  private length = 0;

  get ended(): boolean {
    return this.state === "END";
  }

  /**
   * @param onData called with the number of bytes of each piece of data
   * @returns the place after the last byte that belongs to the body
   * @throws BadResponseError if the bytes are no chunks
   */
  read(bytes: Buffer, from: number, to: number, onData: (bytes: number) => void): number {
    let at = from;
    while (at < to && this.state !== "END") {
      if (this.state !== "DATA") {
        at = this.readLine(bytes, at, to);
        continue;
      }
      const length = Math.min(this.left, to - at);
      at += length;
      this.left -= length;
      onData(length);
      if (this.left === 0) this.state = "DATA_END";
    }
    return at;
  }

  private readLine(bytes: Buffer, from: number, to: number): number {
    const lineFeed = bytes.indexOf(LF, from);
    // The buffer may hold older bytes behind those that have just come.
    const isWhole = lineFeed !== -1 && lineFeed < to;
    const end = isWhole ? lineFeed : to;
    this.line += bytes.toString("latin1", from, end);
    this.length += end - from;
    if (this.length > MAX_LINE)
      throw new BadResponseError(`the answer's chunks have more than ${MAX_LINE} bytes of extensions or trailers`);
    if (!isWhole) {
      if (this.state === "SIZE") matched(SIZE_BEGINNING, this.line);
      if (this.state === "DATA_END") matched(DATA_END_BEGINNING, this.line);
      return end;
    }
    this.state = this.next(this.line);
    this.line = "";
    if (this.state !== "TRAILER") this.length = 0;
    return end + 1;
  }

  /** @param line without its LF */
  private next(line: string): State {
    if (this.state === "SIZE") {
      this.left = Number.parseInt(matched(SIZE, line)[1] ?? "", 16);
      return this.left === 0 ? "TRAILER" : "DATA";
    }
    if (line === "\r") return this.state === "DATA_END" ? "SIZE" : "END";
    if (this.state === "DATA_END") throw bad();
    matched(TRAILER, line);
    if (FRAMING.test(line)) throw new BadResponseError("the answer's chunks end with a length as a trailer");
    return "TRAILER";
  }
}

function matched(pattern: RegExp, line: string): RegExpExecArray {
  const match = pattern.exec(line);
  if (match === null) throw bad();
  return match;
}

function bad(): BadResponseError {
  return new BadResponseError("the response body is not chunked although Transfer-Encoding says so");
}
