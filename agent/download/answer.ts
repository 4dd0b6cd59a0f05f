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
  readonly failure?: string;
}

/** GOOD: the POP has the object. RETRY: another attempt may bring it. FINAL: none will. */
export type Outcome = { readonly kind: "GOOD" } | { readonly kind: "RETRY" | "FINAL"; readonly error: string };

/**
 * Judges an answer of the POP that was asked. Only a whole 2xx body counts: a part of one may leave nothing in the
 * cache. An answer that names another POP says nothing of this one, so it does not count either.
 */
export function judge(answer: Answer, pop: string): Outcome {
  const { httpStatus: status, bytes, contentLength } = answer;
  // A refusal is one from its first line on, whatever became of its body.
  if (status !== undefined && status >= 300 && status < 400)
    return { kind: "FINAL", error: `HTTP ${status}: redirects to ${answer.location ?? "nowhere"}` };
  if (status !== undefined && status >= 400 && status < 500) return { kind: "FINAL", error: `HTTP ${status}` };
  if (answer.failure !== undefined) return { kind: "RETRY", error: answer.failure };
  if (status === undefined) return { kind: "RETRY", error: "no answer" };
  if (status < 200 || status >= 500) return { kind: "RETRY", error: `HTTP ${status}` };
  if (contentLength !== undefined && bytes !== contentLength) {
    return { kind: "RETRY", error: `${bytes} of ${contentLength} bytes arrived` };
  }
  if (answer.xAmzCfPop !== undefined && answer.xAmzCfPop !== pop) {
    return { kind: "RETRY", error: `answered by ${answer.xAmzCfPop} instead of ${pop}` };
  }
  return { kind: "GOOD" };
}
