import { setTimeout as sleep } from "node:timers/promises";

/** Exponential back-off. */
export interface BackOff {
  /** Mean pause before the second try, in milliseconds. It doubles before each further one. */
  readonly firstMs: number;
  /** The mean pause grows no longer than this, in milliseconds. @default no bound */
  readonly longestMs?: number;
}

/** When to try again, and how long to wait before that. */
export interface RetryOptions<T> extends BackOff {
  /** Tries in all. @default no end */
  readonly attempts?: number;
  /** Whether an outcome wants another try. @default none does */
  readonly retryOnResult?: (outcome: T) => boolean;
  /** Whether an error wants another try. @default none does: each is thrown at once */
  readonly retryOnError?: (error: unknown) => boolean;
  /** Ends a pause; the try after it is the last one. @default never */
  readonly signal?: AbortSignal;
}

/**
 * Retries with exponential back-off. An attempt can fail by what it
 * returns (an unprocessed item, an HTTP status) or by an error.
 * Pauses are spread between half and one and a half of their mean, so that calls that failed together are not repeated together.
 * @param attempt gets the number of the try, from 0
 * @returns the last outcome, good or not
 * @throws the last error, if the last try ended with one
 */
export async function retry<T>(attempt: (n: number) => Promise<T>, options: RetryOptions<T>): Promise<T> {
  const {
    attempts = Number.POSITIVE_INFINITY,
    retryOnResult = () => false,
    retryOnError = () => false,
    signal,
  } = options;
  for (let n = 0; ; n++) {
    const isLast = () => n + 1 >= attempts || signal?.aborted === true;
    try {
      const outcome = await attempt(n);
      if (!retryOnResult(outcome) || isLast()) return outcome;
    } catch (error) {
      if (!retryOnError(error) || isLast()) throw error;
    }
    await pause(pauseMs(n, options), signal);
  }
}

/** The pause after try `n` (from 0), in milliseconds. @param chance from 0 to 1 */
export function pauseMs(
  n: number,
  { firstMs, longestMs = Number.POSITIVE_INFINITY }: BackOff,
  chance = Math.random(),
): number {
  return Math.min(longestMs, firstMs * 2 ** n) * (0.5 + chance);
}

/** Waits for `ms`, or until the signal is aborted. @returns false if it was aborted */
export function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
  return sleep(ms, true, signal && { signal }).catch(() => false);
}

/** Waits for a promise, or until the signal is aborted. @throws its reason then; what the promise rejects with */
export async function untilAborted<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
  return Promise.race([answer, aborted]).finally(() => signal.removeEventListener("abort", stop));
}

/** A promise did not settle before its timeout. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
  constructor(ms: number) {
    super(`no response within ${ms / 1_000} s`);
  }
}

/** Waits for a promise for at most `ms`. @throws TimeLimitError after that; what the promise rejects with */
export async function withTimeout<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitError(ms)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
