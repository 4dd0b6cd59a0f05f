/** A process among those that share a limit. */
export interface Place {
  /** From 0; -1: it has no share. */
  readonly index: number;
  readonly count: number;
}

/**
 * How many requests a process may have under way at an origin that takes so many at once.
 * @param limit of all processes together
 * @param others what the other processes have under way, as they say: while shares change, more than theirs
 */
export function seatsOf(limit: number, { index, count }: Place, others: number): number {
  if (index < 0) return 0;
  const share = Math.floor(limit / count) + (index < limit % count ? 1 : 0);
  return Math.max(0, Math.min(share, limit - others));
}
