import {
  ACCEPTED,
  acceptedFailure,
  cutText,
  type Failure,
  MAX_ERROR,
  wafFailure,
} from "../../domain/result/failure.ts";
import { isErrorPage } from "../../domain/result/outcome.ts";
import { cameUncompressed } from "../../domain/result/task-result.ts";
import { type HttpResult, otherPop } from "./http/http-client.ts";

/** GOOD: the POP has the object. RETRY: another attempt may bring it. FINAL: none will. */
export type AttemptVerdict =
  | { readonly kind: "GOOD"; readonly failure?: undefined }
  | { readonly kind: "RETRY" | "FINAL"; readonly failure: Failure };

const GOOD: AttemptVerdict = { kind: "GOOD" };

/**
 * Judges an answer of the POP that was asked. Only a whole 2xx body counts: a part of one may leave nothing in the
 * cache. An answer that names another POP shows nothing of this one, so it does not count either.
 * @param expected bytes that Get Size saw; null where it could not tell
 * @param compressed whether a compressed form was asked for, by Get Size as well. @default false
 */
export function judge(answer: HttpResult, pop: string, expected: number | null, compressed = false): AttemptVerdict {
  const { httpStatus: status, xAmzCfPop, failure } = answer;
  const waf = wafFailureOf(answer);
  // Whatever else the answer says: without a token of AWS WAF, the next attempt gets the same.
  if (waf !== undefined) return { kind: "FINAL", failure: waf };
  // A 3xx or 4xx counts from its status line on, even if its body broke off.
  if (status !== undefined && status >= 300 && status < 500) return refusal(status, answer);
  if (status === ACCEPTED) return { kind: "FINAL", failure: acceptedFailure() };
  // So does a 5xx: the body of its page is not the object's.
  if (status !== undefined && status >= 500 && failure?.reason === "incomplete")
    return { kind: "RETRY", failure: serverFailure(status) };
  // It would be as large on the next attempt.
  if (failure !== undefined) return { kind: failure.reason === "too_large" ? "FINAL" : "RETRY", failure };
  if (status === undefined) return { kind: "RETRY", failure: { reason: "connection", detail: "no answer" } };
  if (status < 200 || status >= 500) return { kind: "RETRY", failure: serverFailure(status) };
  if (xAmzCfPop !== undefined && xAmzCfPop !== pop) return { kind: "RETRY", failure: otherPop(xAmzCfPop, pop) };
  return partOfIt(status) ?? errorPage(answer) ?? otherSize(answer, expected, compressed) ?? GOOD;
}

/** The failure of an answer that AWS WAF gave; undefined: it did not. */
export function wafFailureOf({ httpStatus, wafAction }: HttpResult): Failure | undefined {
  return httpStatus === undefined || wafAction === undefined ? undefined : wafFailure(httpStatus, wafAction);
}

/** Statuses that pass. Both ask for another try: a client that was too slow for the server, or asked too often. */
const PASSING = [408, 429];

function refusal(status: number, { location = "nowhere" }: HttpResult): AttemptVerdict {
  const code = `HTTP ${status}`;
  if (status < 400)
    return {
      kind: "FINAL",
      failure: { reason: "redirect", code, detail: cutText(`redirects to ${location}`, MAX_ERROR) },
    };
  return { kind: PASSING.includes(status) ? "RETRY" : "FINAL", failure: { reason: "http_4xx", code } };
}

function serverFailure(status: number): Failure {
  return { reason: status >= 500 && status < 600 ? "http_5xx" : "other", code: `HTTP ${status}` };
}

/** A 204 has no body, and a 206 without a range in the request is not the object. */
function partOfIt(status: number): AttemptVerdict | undefined {
  if (status !== 204 && status !== 206) return undefined;
  const detail = status === 204 ? "an answer without a body" : "a part of the object, unasked";
  return { kind: "FINAL", failure: { reason: "incomplete", code: `HTTP ${status}`, detail } };
}

/** CloudFront may answer an error with a page and a status of the distribution's choice. */
function errorPage({ xCache }: HttpResult): AttemptVerdict | undefined {
  if (xCache === undefined || !isErrorPage({ xCache })) return undefined;
  const failure: Failure = { reason: "other", code: "ERROR_PAGE", detail: `x-cache: ${xCache.slice(0, 60)}` };
  return { kind: "RETRY", failure };
}

/**
 * A body that is longer than Get Size saw, and as long as Content-Length states, is whole: the object was replaced, or its probe was
 * answered wrongly. A shorter one may be a part that a cache took for the whole, and states its length, too.
 */
function otherSize(answer: HttpResult, expected: number | null, compressed: boolean): AttemptVerdict | undefined {
  const { bytes, contentLength } = answer;
  if (contentLength !== undefined && bytes !== contentLength)
    return incomplete(`${bytes} of ${contentLength} bytes arrived`);
  if (!hasOtherSize(answer, expected, compressed)) return undefined;
  if (contentLength !== undefined && bytes > (expected ?? 0)) return undefined;
  return incomplete(`${bytes} bytes arrived, and the object had ${expected} when its size was asked`);
}

/**
 * Whether an object has another size than Get Size saw. What is sent compressed has another size than the object. What was asked for
 * compressed may come as it is where the size that Get Size saw was of a compressed form: CloudFront compresses as far as it has the time.
 */
export function hasOtherSize(answer: HttpResult, expected: number | null, compressed: boolean): boolean {
  const { bytes, contentEncoding } = answer;
  if (expected === null || contentEncoding !== undefined || bytes === expected) return false;
  return !(compressed && bytes > expected && cameUncompressed(answer));
}

function incomplete(detail: string): AttemptVerdict {
  return { kind: "RETRY", failure: { reason: "incomplete", detail } };
}
