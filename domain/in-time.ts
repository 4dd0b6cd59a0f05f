/** What was asked for takes too long. */
export class TooLateError extends Error {
  override readonly name = "TooLateError";
  constructor(ms: number) {
    super(`no answer within ${ms / 1_000} s`);
  }
}

/** An answer, if it comes in time. @throws TooLateError when it takes longer than `ms`; what the answer throws */
export async function inTime<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLateError(ms)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
