import { setTimeout as sleep } from "node:timers/promises";

/** What was asked for takes too long. */
export class TooLateError extends Error {
  override readonly name = "TooLateError";
  constructor(ms: number) {
    super(`no answer within ${ms / 1_000} s`);
  }
}

/** An answer, if it comes in time. @throws TooLateError when it takes longer than `ms` */
export async function inTime<T>(ms: number, answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = sleep(ms, undefined, { signal: answered.signal }).then((): never => {
    throw new TooLateError(ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
  }
}
