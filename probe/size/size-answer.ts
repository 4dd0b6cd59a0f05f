import { MAX_OBJECT_BYTES } from "../../domain/limits.ts";
import { joinedHeader } from "../../domain/net/headers.ts";
import { isOverload } from "../../domain/origin/origin-response.ts";
import {
  ACCEPTED,
  acceptedFailure,
  errorText,
  type FailureReason,
  headerAgainstCaching,
  WAF_ACTION_HEADER,
  wafFailure,
} from "../../domain/result/failure.ts";

/** A URL that can be warmed. */
export interface Good {
  /** In bytes; null: unknown. */
  readonly size: number | null;
  /** The header that may keep the object out of caches. */
  readonly obstacle?: string;
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

/** The failure reason of a response, by its status and whether AWS WAF sent it. */
function refusalReason(status: number, headers: Headers): FailureReason {
  if (wafActionOf(headers) !== undefined) return "waf";
  if (status === ACCEPTED) return "not_cacheable";
  if (status >= 300 && status < 400) return "redirect";
  if (status >= 400 && status < 500) return "http_4xx";
  return status >= 500 && status < 600 ? "http_5xx" : "other";
}

/** A header's value as undici gives it. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the answer to a HEAD. */
export function readHeadAnswer(status: number, headers: Headers): SizeAnswer {
  // A rule of AWS WAF may apply to HEAD only, and an object that is being created may be complete for the GET.
  if (wafActionOf(headers) !== undefined || status === ACCEPTED) return { ask: "range" };
  if (status >= 200 && status < 300) {
    const size = contentLength(headers);
    return size === null ? { ask: "range" } : good(size, headers);
  }
  // An overloaded origin receives no second request.
  const certain = status < 400 || status === 404 || status === 410 || isOverload(status);
  // Origins refuse HEAD with many statuses; a GET shows whether the method or the object is refused.
  return certain ? refusal(status, headers) : { ask: "range" };
}

/** Reads the answer to a GET of the first byte. */
export function readRangeAnswer(status: number, headers: Headers): SizeAnswer {
  const action = wafActionOf(headers);
  if (action !== undefined) return refusal(status, headers, errorText(wafFailure(status, action)));
  if (status === ACCEPTED) return refusal(status, headers, errorText(acceptedFailure()));
  const range = String(headers["content-range"] ?? "");
  const total = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(range)?.[1];
  if ((status === 206 || status === 416) && total !== undefined) return good(credible(Number(total)), headers);
  if (status >= 200 && status < 300) return good(status === 200 ? contentLength(headers) : null, headers);
  return refusal(status, headers);
}

function good(size: number | null, headers: Headers): Good {
  const header = headerAgainstCaching({
    cacheControl: joinedHeader(headers["cache-control"]),
    vary: joinedHeader(headers["vary"]),
  });
  return header === undefined ? { size } : { size, obstacle: header };
}

/** The action of AWS WAF, if it responded instead of the cache or the origin. */
export function wafActionOf(headers: Headers): string | undefined {
  return joinedHeader(headers[WAF_ACTION_HEADER]);
}

/** @param problem a permanent problem that the status alone does not state */
function refusal(status: number, headers: Headers, problem?: string): SizeAnswer {
  const why = problem ?? redirectProblem(status, headers);
  const retry = why === undefined && (status >= 500 || status === 429 || status === 408);
  return { problem: why ?? `HTTP ${status}`, retry, reason: refusalReason(status, headers), http_status: status };
}

function redirectProblem(status: number, headers: Headers): string | undefined {
  if (status < 300 || status >= 400) return undefined;
  const detail = `redirects to ${headers["location"] ?? "nowhere"}`;
  return errorText({ reason: "redirect", code: `HTTP ${status}`, detail });
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
