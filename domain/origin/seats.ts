import type { Place } from "./turns.ts";

/**
 * How many requests a process may have under way at an origin that takes so many at once.
 * @param limit of all processes together
 * @param others what the other processes have under way, as they say: while shares change, more than theirs
 */
export function seatsOf(limit: number, { index, count }: Place, others: number): number {
  const share = Math.floor(limit / count) + (index < limit % count ? 1 : 0);
  return Math.max(0, Math.min(share, limit - others));
}
