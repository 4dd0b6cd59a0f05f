import type { DeadLettersDeps } from "../../../lambdas/watch/dead-letters.ts";

/** What Watch reads dead letters with, where there are none. */
export const NO_DEAD_LETTERS: Omit<DeadLettersDeps, "requests" | "logger"> = {
  deadLetters: { receive: async () => [], delete: unplanned },
  results: { standing: unplanned, putIfAbsent: unplanned },
  queue: { send: unplanned },
  unreadableLetters: { bury: unplanned },
  onUnreadable: () => void unplanned(),
};

/** Of a run that has begun. */
export const WATCH_CONTEXT = { getRemainingTimeInMillis: () => 240_000 };

async function unplanned(): Promise<never> {
  throw new Error("unplanned");
}
