import type { Failure } from "../../domain/result/failure.ts";

/** No larger object is cached. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const LARGEST = 50 * 2 ** 30;
/** How much larger an object may be than Get Size saw it: it may have been replaced, or be sent without compression. */
const GROWTH = 4;
/** Smaller bodies are never too large: text may be compressed a thousand times, and it costs little to read them. */
const SMALL = 64 * 2 ** 20;

/**
 * Most bytes of a body that are read.
 * @param expected bytes of the object as Get Size saw it; null where it could not tell
 */
export function maxBytesOf(expected: number | null): number {
  return expected === null ? LARGEST : Math.min(LARGEST, Math.max(SMALL, expected * GROWTH));
}

export function tooLarge(maxBytes: number): Failure {
  return { reason: "too_large", code: "TOO_LARGE", detail: `the body is larger than ${maxBytes} bytes` };
}
