import { BadResponseError } from "./response-head.ts";

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
/** Most bytes of a line with a chunk's size and extensions, and of all trailers together. */
const MAX_LINE = 16_384;
/** Most hexadecimal digits of a chunk's size: with more, it may not be a safe integer. */
const MAX_DIGITS = 13;

/** Extensions of a chunk: RFC 9112, 7.1.1, without the spaces that it calls bad. */
const EXTENSIONS =
  /^(?:;[!#$%&'*+.^_`|~\w-]+(?:=(?:[!#$%&'*+.^_`|~\w-]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)+$/;
/** Trailers that would say anew where the body ends: RFC 9110, 6.5.1, forbids them. */
const FRAMING = /^(?:content-length|transfer-encoding):/i;
const TRAILER = /^[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e\x80-\xff]*$/;

type State = "SIZE" | "EXTENSION" | "SIZE_LF" | "DATA" | "DATA_CR" | "DATA_LF" | "TRAILER" | "TRAILER_LF" | "END";

/** Follows a body in chunks (RFC 9112, 7.1) through the pieces in which it arrives, and counts what it carries. */
export class ChunkedBody {
  private state: State = "SIZE";
  private size = 0;
  private digits = 0;
  /** Bytes of the extensions of one chunk, or of all trailers. */
  private length = 0;
  /** The extensions, or the trailer, as far as they have come. */
  private text = "";

  get ended(): boolean {
    return this.state === "END";
  }

  /**
   * @param onData told of bytes that the body carries
   * @returns the place after the last byte that belongs to the body
   * @throws BadResponseError if the bytes are no chunks
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
        if (byte !== CR) return this.collect(byte, "EXTENSION");
        matches(EXTENSIONS, this.text);
        return "SIZE_LF";
      case "SIZE_LF":
        expected(LF, byte);
        this.length = 0;
        this.text = "";
        this.digits = 0;
        return this.size === 0 ? "TRAILER" : "DATA";
      case "DATA_CR":
        expected(CR, byte);
        return "DATA_LF";
      case "DATA_LF":
        expected(LF, byte);
        return "SIZE";
      case "TRAILER":
        return byte === CR ? "TRAILER_LF" : this.collect(byte, "TRAILER");
      default: {
        expected(LF, byte);
        if (this.text === "") return "END";
        matches(TRAILER, this.text);
        if (FRAMING.test(this.text)) throw new BadResponseError("the answer's chunks end with a length as a trailer");
        this.text = "";
        return "TRAILER";
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
    if (byte === SEMICOLON) return this.collect(byte, "EXTENSION");
    throw bad();
  }

  private collect(byte: number, state: State): State {
    if (byte === LF) throw bad();
    this.text += String.fromCharCode(byte);
    if (++this.length <= MAX_LINE) return state;
    throw new BadResponseError(`the answer's chunks have more than ${MAX_LINE} bytes of extensions or trailers`);
  }
}

function matches(pattern: RegExp, text: string): void {
  if (!pattern.test(text)) throw bad();
}

function expected(byte: number, actual: number): void {
  if (actual !== byte) throw bad();
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}

function bad(): BadResponseError {
  return new BadResponseError("the answer's body is not in chunks, although its head says so");
}
