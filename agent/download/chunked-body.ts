import { BadAnswerError } from "./answer-head.ts";

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
/** Most bytes of a line with a chunk's size and extensions, and of all trailers together. */
const MAX_LINE = 16_384;
/** Most hexadecimal digits of a chunk's size: with more, it may not be a safe integer. */
const MAX_DIGITS = 13;

type State = "SIZE" | "EXTENSION" | "SIZE_LF" | "DATA" | "DATA_CR" | "DATA_LF" | "TRAILER" | "TRAILER_LF" | "END";

/** Follows a body in chunks (RFC 9112, 7.1) through the pieces in which it arrives, and counts what it carries. */
export class ChunkedBody {
  private state: State = "SIZE";
  private size = 0;
  private digits = 0;
  /** Bytes of the current line, or of all trailers. */
  private line = 0;
  private trailerLine = 0;

  get ended(): boolean {
    return this.state === "END";
  }

  /**
   * @param onData told of bytes that the body carries
   * @returns the place after the last byte that belongs to the body
   * @throws BadAnswerError if the bytes are no chunks
   */
  read(bytes: Buffer, from: number, to: number, onData: (bytes: number) => void): number {
    let at = from;
    while (at < to && this.state !== "END") {
      if (this.state === "DATA") {
        const length = Math.min(this.size, to - at);
        at += length;
        this.size -= length;
        onData(length);
        if (this.size === 0) this.state = "DATA_CR";
      } else this.state = this.next(bytes[at++] ?? 0);
    }
    return at;
  }

  private next(byte: number): State {
    switch (this.state) {
      case "SIZE":
        return this.sizeDigit(byte);
      case "EXTENSION":
        this.bound();
        if (byte === LF) throw bad();
        return byte === CR ? "SIZE_LF" : "EXTENSION";
      case "SIZE_LF":
        expected(LF, byte);
        this.line = 0;
        this.digits = 0;
        return this.size === 0 ? "TRAILER" : "DATA";
      case "DATA_CR":
        expected(CR, byte);
        return "DATA_LF";
      case "DATA_LF":
        expected(LF, byte);
        return "SIZE";
      case "TRAILER":
        this.bound();
        if (byte === LF) throw bad();
        if (byte === CR) return "TRAILER_LF";
        this.trailerLine++;
        return "TRAILER";
      default: {
        expected(LF, byte);
        const last = this.trailerLine === 0;
        this.trailerLine = 0;
        return last ? "END" : "TRAILER";
      }
    }
  }

  private sizeDigit(byte: number): State {
    const digit = hexDigit(byte);
    if (digit !== undefined) {
      if (++this.digits > MAX_DIGITS) throw bad();
      this.size = this.size * 16 + digit;
      return "SIZE";
    }
    if (this.digits === 0) throw bad();
    if (byte === CR) return "SIZE_LF";
    if (byte === SEMICOLON || byte === SPACE || byte === TAB) return "EXTENSION";
    throw bad();
  }

  private bound(): void {
    if (++this.line > MAX_LINE)
      throw new BadAnswerError(`the answer's chunks have more than ${MAX_LINE} bytes of extensions or trailers`);
  }
}

function expected(byte: number, actual: number): void {
  if (actual !== byte) throw bad();
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}

function bad(): BadAnswerError {
  return new BadAnswerError("the answer's body is not in chunks, although its head says so");
}
