import { type Failure, isRetryable, responseFailure } from "../../domain/result/failure.ts";
import { isErrorPage } from "../../domain/result/outcome.ts";
import { cacheStatusOf } from "../../domain/result/proof.ts";
import { cameUncompressed } from "../../domain/result/task-result.ts";
import type { HttpResult } from "./http/http-client.ts";

/** GOOD: the whole object arrived. RETRY: another attempt may succeed. FINAL: none will. */
export type AttemptVerdict =
  | { readonly kind: "GOOD"; readonly failure?: undefined }
  | { readonly kind: "RETRY" | "FINAL"; readonly failure: Failure };

const GOOD: AttemptVerdict = { kind: "GOOD" };

/**
 * Judges an answer of the POP that was asked. Only a whole 2xx body counts: a part of one may leave nothing in the cache.
 * @param expected bytes that Get Size saw; null where it could not tell
 * @param compressed whether a compressed form was asked for, by Get Size as well. @default false
 */
export function judge(answer: HttpResult, expected: number | null, compressed = false): AttemptVerdict {
  const { httpStatus: status, failure } = answer;
  if (status === undefined) return { kind: "RETRY", failure: failure ?? { reason: "connection", detail: "no answer" } };
  const refusal = responseFailure(status, answer);
  // Whatever else the answer says: without a token of AWS WAF, the next attempt gets the same.
  if (refusal?.reason === "waf") return { kind: "FINAL", failure: refusal };
  // A refusal counts from its status line on: its body is an error page, not the object. After a 5xx, another failure of the body is more specific.
  if (refusal !== undefined && (status < 500 || failure === undefined || failure.reason === "incomplete"))
    return { kind: isRetryable(status) ? "RETRY" : "FINAL", failure: refusal };
  // It would be as large on the next attempt.
  if (failure !== undefined) return { kind: failure.reason === "too_large" ? "FINAL" : "RETRY", failure };
  return (
    partialBody(status) ?? generated(answer) ?? errorPage(answer) ?? otherSize(answer, expected, compressed) ?? GOOD
  );
}

/** A 204 has no body, and a 206 without a range in the request is not the object. */
function partialBody(status: number): AttemptVerdict | undefined {
  if (status !== 204 && status !== 206) return undefined;
  const detail = status === 204 ? "an answer without a body" : "partial content, although no range was requested";
  return { kind: "FINAL", failure: { reason: "incomplete", code: `HTTP ${status}`, detail } };
}

/** A function at the edge answered, and neither a cache nor the origin: the next attempt gets the same. */
function generated({ xCache }: HttpResult): AttemptVerdict | undefined {
  if (cacheStatusOf(xCache) !== "GENERATED") return undefined;
  const detail = "a function at the edge generated the response; neither a cache nor the origin was asked";
  return { kind: "FINAL", failure: { reason: "generated", code: "GENERATED", detail } };
}

/** A custom error response of CloudFront: an error with a page and a status of the distribution's choice. */
function errorPage({ xCache }: HttpResult): AttemptVerdict | undefined {
  if (xCache === undefined || !isErrorPage({ xCache })) return undefined;
  const failure: Failure = { reason: "error_page", code: "ERROR_PAGE", detail: `x-cache: ${xCache.slice(0, 60)}` };
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
  return incomplete(`${bytes} bytes arrived, but Get Size measured ${expected}`);
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
