import { MAX_OBJECT_BYTES } from "../../domain/limits.ts";
import { joinedHeader } from "../../domain/net/headers.ts";
import { isOverload } from "../../domain/origin/origin-response.ts";
import {
  errorText,
  type Failure,
  type FailureReason,
  isRetryable,
  responseFailure,
  uncacheableHeader,
  WAF_ACTION_HEADER,
} from "../../domain/result/failure.ts";

/** A URL that can be warmed. */
export interface MeasuredSize {
  /** In bytes; null: unknown. */
  readonly size: number | null;
  /** The header that may keep the object out of caches. */
  readonly obstacle?: string | undefined;
}

/** Why a URL cannot be warmed. */
export interface SizeProblem {
  /** In words: `HTTP 404`. */
  readonly problem: string;
  /** What it is counted as. */
  readonly reason: FailureReason;
  readonly http_status?: number;
}

/** The result of one response: the size, why the URL is unreadable, or the next request. `retry`: the failure may be temporary. */
export type SizeAnswer = MeasuredSize | (SizeProblem & { readonly retry: boolean }) | { readonly ask: "range" };

/** The parts of a response that matter to a size. @param headers as undici gives them */
export function readResponse(httpStatus: number, headers: Readonly<Record<string, string | string[] | undefined>>) {
  const field = (name: string) => joinedHeader(headers[name]);
  return {
    httpStatus,
    age: field("age"),
    cacheControl: field("cache-control"),
    contentLength: field("content-length"),
    contentRange: field("content-range"),
    // Only shown. A valid response has one, so there is no rule for how several are joined.
    location: headers["location"]?.toString(),
    retryAfter: field("retry-after"),
    serverTiming: field("server-timing"),
    vary: field("vary"),
    wafAction: field(WAF_ACTION_HEADER),
    xCache: field("x-cache"),
  };
}
export type SizeResponse = ReturnType<typeof readResponse>;

/** Reads the answer to a HEAD. */
export function readHeadAnswer(response: SizeResponse): SizeAnswer {
  const { httpStatus: status } = response;
  const failure = responseFailure(status, response);
  if (failure === undefined) {
    const size = contentLengthOf(response);
    return size === null ? { ask: "range" } : good(size, response);
  }
  // An overloaded origin receives no second request.
  const isCertain = failure.reason === "redirect" || status === 404 || status === 410 || isOverload(status);
  // Origins refuse HEAD with many statuses, and a rule of AWS WAF may apply to HEAD only: a GET shows whether the method or the object is
  // refused. An object that is being created may be complete for the GET.
  return isCertain && failure.reason !== "waf" ? unreadable(status, failure) : { ask: "range" };
}

/** Reads the answer to a GET of the first byte. */
export function readRangeAnswer(response: SizeResponse): SizeAnswer {
  const { httpStatus: status, contentRange = "" } = response;
  const failure = responseFailure(status, response);
  const total = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(contentRange)?.[1];
  const isRange = (status === 206 || status === 416) && failure?.reason !== "waf";
  if (isRange && total !== undefined) return good(credible(Number(total)), response);
  if (failure !== undefined) return unreadable(status, failure);
  return good(status === 200 ? contentLengthOf(response) : null, response);
}

function good(size: number | null, response: SizeResponse): MeasuredSize {
  return { size, obstacle: uncacheableHeader(response) };
}

function unreadable(status: number, failure: Failure): SizeAnswer {
  const { reason } = failure;
  return { problem: errorText(failure), retry: reason !== "waf" && isRetryable(status), reason, http_status: status };
}

function contentLengthOf({ contentLength = "" }: SizeResponse): number | null {
  // The length of an encoded response is the encoded length, which is what agents download.
  return /^\d+$/.test(contentLength) ? credible(Number(contentLength)) : null;
}

/** A greater length is invalid, and would falsify the total. */
function credible(bytes: number): number | null {
  return bytes <= MAX_OBJECT_BYTES ? bytes : null;
}
