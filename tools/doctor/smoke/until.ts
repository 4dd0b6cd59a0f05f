import { setTimeout as sleep } from "node:timers/promises";

export interface Patience {
  /** Between two looks, in ms. */
  readonly every: number;
  /** In all, in ms. */
  readonly atMost: number;
}

/** Asks until the answer is good or the patience is over. @returns the last answer */
export async function until<T>(ask: () => Promise<T>, isGood: (answer: T) => boolean, patience: Patience): Promise<T> {
  const deadline = Date.now() + patience.atMost;
  for (;;) {
    const answer = await ask();
    if (isGood(answer) || Date.now() >= deadline) return answer;
    await sleep(patience.every);
  }
}
