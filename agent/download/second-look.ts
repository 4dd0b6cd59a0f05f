import { WHOLE_LOOK_BYTES } from "../../domain/request/limits.ts";
import type { Answer } from "./answer.ts";

/** What a second look adds to a request, and how much of its answer is read. */
export interface Look {
  /** Lines of the head, each with its CRLF. */
  readonly headers: string;
  readonly maxBytes: number;
}

const WHOLE: Look = { headers: "", maxBytes: WHOLE_LOOK_BYTES };
/** A server that sends more than the byte is left at once: its head has said what is to be known. */
const FIRST_BYTE: Look = { headers: "range: bytes=0-0\r\n", maxBytes: WHOLE_LOOK_BYTES };

/**
 * How to look at an object again. A range is a question, and never a way to warm: so the object was downloaded whole at that
 * address before. Where the caller's headers have a range of their own, it stays as it is.
 * @param bytes of the download
 * @param round from 1. The first byte that the first round asked for may be kept, and would be a hit of itself: after that
 * only the whole object is asked for, and a large one is left once its head has come.
 */
export function checkOf({ headers }: { readonly headers: string }, bytes: number, round: number): Look {
  return bytes <= WHOLE_LOOK_BYTES || round > 1 || /^range:/im.test(headers) ? WHOLE : FIRST_BYTE;
}

/** Whether the answer tells anything of the object at that POP. */
export function isCheckGood(
  { httpStatus: status = 0, xAmzCfPop = "", wafAction, failure }: Answer,
  pop: string,
): boolean {
  if (wafAction !== undefined) return false;
  if (xAmzCfPop !== "" && xAmzCfPop !== pop) return false;
  if (failure !== undefined && failure.reason !== "too_large") return false;
  return status === 200 || status === 206;
}
