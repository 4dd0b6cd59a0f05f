import { MAX_OBJECT_BYTES } from "../../domain/limits.ts";
import { joinedHeader } from "../../domain/net/headers.ts";
import { isOverload } from "../../domain/origin/origin-response.ts";
import {
  errorText,
  type Failure,
  type FailureReason,
  headerAgainstCaching,
  isRetryable,
  responseFailure,
  WAF_ACTION_HEADER,
} from "../../domain/result/failure.ts";

/** A URL that can be warmed. */
export interface Good {
  /** In bytes; null: unknown. */
  readonly size: number | null;
  /** The header that may keep the object out of caches. */
  readonly obstacle?: string | undefined;
}

/** Why a URL cannot be warmed. */
export interface Unreadable {
  /** In words: `HTTP 404`. */
  readonly problem: string;
  /** What it is counted as. */
  readonly reason: FailureReason;
  readonly http_status?: number;
}

/** The result of one response: the size, why the URL is unreadable, or the next request. `retry`: the failure may be temporary. */
export type SizeAnswer = Good | (Unreadable & { readonly retry: boolean }) | { readonly ask: "range" };

/** A header's value as undici gives it. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the answer to a HEAD. */
export function readHeadAnswer(status: number, headers: Headers): SizeAnswer {
  const failure = failureOf(status, headers);
  if (failure === undefined) {
    const size = contentLength(headers);
    return size === null ? { ask: "range" } : good(size, headers);
  }
  // An overloaded origin receives no second request.
  const isCertain = failure.reason === "redirect" || status === 404 || status === 410 || isOverload(status);
  // Origins refuse HEAD with many statuses, and a rule of AWS WAF may apply to HEAD only: a GET shows whether the method or the object is
  // refused. An object that is being created may be complete for the GET.
  return isCertain && failure.reason !== "waf" ? unreadable(status, failure) : { ask: "range" };
}

/** Reads the answer to a GET of the first byte. */
export function readRangeAnswer(status: number, headers: Headers): SizeAnswer {
  const failure = failureOf(status, headers);
  const range = String(headers["content-range"] ?? "");
  const total = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(range)?.[1];
  const isRange = (status === 206 || status === 416) && failure?.reason !== "waf";
  if (isRange && total !== undefined) return good(credible(Number(total)), headers);
  if (failure !== undefined) return unreadable(status, failure);
  return good(status === 200 ? contentLength(headers) : null, headers);
}

function good(size: number | null, headers: Headers): Good {
  const obstacle = headerAgainstCaching({
    cacheControl: joinedHeader(headers["cache-control"]),
    vary: joinedHeader(headers["vary"]),
  });
  return { size, obstacle };
}

/** The action of AWS WAF, if it responded instead of the cache or the origin. */
export function wafActionOf(headers: Headers): string | undefined {
  return joinedHeader(headers[WAF_ACTION_HEADER]);
}

function failureOf(status: number, headers: Headers): Failure | undefined {
  return responseFailure(status, { wafAction: wafActionOf(headers), location: joinedHeader(headers["location"]) });
}

function unreadable(status: number, failure: Failure): SizeAnswer {
  const { reason } = failure;
  return { problem: errorText(failure), retry: reason !== "waf" && isRetryable(status), reason, http_status: status };
}

function contentLength(headers: Headers): number | null {
  const text = headers["content-length"];
  // The length of an encoded response is the encoded length, which is what agents download.
  return typeof text === "string" && /^\d+$/.test(text) ? credible(Number(text)) : null;
}

/** A greater length is invalid, and would falsify the total. */
function credible(bytes: number): number | null {
  return bytes <= MAX_OBJECT_BYTES ? bytes : null;
}
