/** How often a view asks. */
export const EVERY = { request: 2_000, list: 10_000, slow: 30_000 } as const;

/** A tab that nobody looks at asks this seldom. */
const HIDDEN_MS = 30_000;
const MAX_MS = 30_000;
const FIRST_MS = 2_000;

/**
 * How long to wait before the next call.
 * @param failures how many calls have had no answer, one after the other: 2 s, 4 s, … 30 s
 */
export function delayOf(everyMs: number, failures: number, hidden: boolean): number {
  if (failures > 0) return Math.min(MAX_MS, FIRST_MS * 2 ** (failures - 1));
  return hidden ? Math.max(HIDDEN_MS, everyMs) : everyMs;
}
