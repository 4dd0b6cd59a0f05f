import type { Failure } from "../../domain/result/failure.ts";

/** How one attempt ended: an answer, whole or cut off, or none. */
export interface Answer {
  /** Bytes of the body that arrived. */
  readonly bytes: number;
  readonly httpStatus?: number;
  /** Bytes the answer promised; absent where it did not. */
  readonly contentLength?: number;
  readonly location?: string;
  readonly xCache?: string;
  readonly xAmzCfPop?: string;
  readonly xAmzCfId?: string;
  /** Why the connection or the body failed; absent when the body ended as it should. */
  readonly failure?: Failure;
}

/** GOOD: the POP has the object. RETRY: another attempt may bring it. FINAL: none will. */
export type Outcome = { readonly kind: "GOOD" } | { readonly kind: "RETRY" | "FINAL"; readonly failure: Failure };

const GOOD: Outcome = { kind: "GOOD" };

/**
 * Judges an answer of the POP that was asked. Only a whole 2xx body counts: a part of one may leave nothing in the
 * cache. An answer that names another POP says nothing about this one, so it does not count either.
 */
export function judge(answer: Answer, pop: string): Outcome {
  const { httpStatus: status, bytes, contentLength, xAmzCfPop } = answer;
  // A 3xx or 4xx counts from its status line on, even if its body broke off.
  if (status !== undefined && status >= 300 && status < 500) return { kind: "FINAL", failure: refusal(status, answer) };
  const { failure } = answer;
  // It would be as large on the next attempt.
  if (failure !== undefined) return { kind: failure.reason === "too_large" ? "FINAL" : "RETRY", failure };
  if (status === undefined) return { kind: "RETRY", failure: { reason: "connection", detail: "no answer" } };
  if (status < 200 || status >= 500) return { kind: "RETRY", failure: serverFailure(status) };
  if (contentLength !== undefined && bytes !== contentLength) {
    const detail = `${bytes} of ${contentLength} bytes arrived`;
    return { kind: "RETRY", failure: { reason: "incomplete", detail } };
  }
  if (xAmzCfPop !== undefined && xAmzCfPop !== pop) {
    return { kind: "RETRY", failure: { reason: "other_pop", detail: `answered by ${xAmzCfPop} instead of ${pop}` } };
  }
  return GOOD;
}

function refusal(status: number, { location = "nowhere" }: Answer): Failure {
  const code = `HTTP ${status}`;
  return status < 400 ? { reason: "redirect", code, detail: `redirects to ${location}` } : { reason: "http_4xx", code };
}

function serverFailure(status: number): Failure {
  return { reason: status >= 500 && status < 600 ? "http_5xx" : "other", code: `HTTP ${status}` };
}
