import { MAX_OBJECT_BYTES } from "../../../domain/limits.ts";
import type { Failure } from "../../../domain/result/failure.ts";
import {
  BODY_TIME_MS,
  BYTES_PER_FURTHER_SECOND,
  MIN_BYTES_PER_SECOND,
  RATE_WINDOW_MS,
  STALLED_BODY_TIMEOUT_MS,
  timeout,
} from "./timeouts.ts";

/** Detects a body that stalls, is too slow or exceeds its time limit. The pool calls `check` every CHECK_TIME_MS. */
export class BodyWatch {
  /** When a check last found further bytes, and how many there were then. */
  private lastProgressAt: number;
  private lastBytes = 0;
  private windowStart: number;
  private windowBytes = 0;

  /**
   * @param start when the head was first seen, by `performance.now()`
   */
  constructor(
    private readonly start: number,
    private readonly maxBytes: number,
  ) {
    this.lastProgressAt = start;
    this.windowStart = start;
  }

  /** @param bytes of the body so far. What frames it does not count: chunks and trailers may drip for ever. */
  check(now: number, bytes: number): Failure | undefined {
    if (bytes > this.maxBytes) return tooLarge(this.maxBytes);
    if (bytes !== this.lastBytes) {
      this.lastBytes = bytes;
      this.lastProgressAt = now;
    } else if (now - this.lastProgressAt > STALLED_BODY_TIMEOUT_MS) {
      return timeout("BODY_TIMEOUT", `no byte of the body for ${STALLED_BODY_TIMEOUT_MS / 1_000} s`);
    }
    return this.tooLong(now, bytes) ?? this.tooSlow(now, bytes);
  }

  /**
   * A server that sends just enough in each minute would hold an instance for days. Only bytes that have arrived give more time: a
   * `Content-Length` is a promise of the same server.
   */
  private tooLong(now: number, bytes: number): Failure | undefined {
    const limit = BODY_TIME_MS + (bytes / BYTES_PER_FURTHER_SECOND) * 1_000;
    const ms = now - this.start;
    if (ms <= limit) return undefined;
    const detail = `${bytes} bytes in ${Math.round(ms / 1_000)} s; so many may take ${Math.round(limit / 1_000)} s`;
    return { reason: "too_slow", code: "TOO_SLOW", detail };
  }

  private tooSlow(now: number, bytes: number): Failure | undefined {
    const ms = now - this.windowStart;
    if (ms < RATE_WINDOW_MS) return undefined;
    const received = bytes - this.windowBytes;
    this.windowStart = now;
    this.windowBytes = bytes;
    if (received * 1_000 >= MIN_BYTES_PER_SECOND * ms) return undefined;
    const detail = `${received} bytes in ${Math.round(ms / 1_000)} s; at least ${MIN_BYTES_PER_SECOND} a second are wanted`;
    return { reason: "too_slow", code: "TOO_SLOW", detail };
  }
}

/** How much larger an object may be than Get Size saw it: it may have been replaced, or be sent without compression. */
const GROWTH = 4;
/** Smaller bodies are never too large: text may be compressed a thousand times, and it costs little to read them. */
const SMALL = 64 * 2 ** 20;

/**
 * Most bytes of a body that are read.
 * @param expected bytes of the object as Get Size saw it; null where it could not tell
 */
export function maxBytesOf(expected: number | null): number {
  return expected === null ? MAX_OBJECT_BYTES : Math.min(MAX_OBJECT_BYTES, Math.max(SMALL, expected * GROWTH));
}

export function tooLarge(maxBytes: number): Failure {
  return { reason: "too_large", code: "TOO_LARGE", detail: `the body is larger than ${maxBytes} bytes` };
}
