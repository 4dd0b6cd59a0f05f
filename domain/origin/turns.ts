/** A process among those that are at work on a request. */
export interface Place {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** Of a limit, so much is used: requests take different times to the origin, and may come closer together there. */
export const SHARE = 0.9;
/** What is late by more than this has lost its turn: else a process that was busy would make up for it all at once. */
export const GRACE_MS = 50;

/** Turns of all processes in a second. Of 2.5 requests a second only 2 can be in one. */
function usedOf(limit: number): number {
  return SHARE * (limit < 1 ? limit : Math.floor(limit));
}

/** Milliseconds between the turns of all processes together. */
function gapMs(perSecond: number): number {
  return 1_000 / usedOf(perSecond);
}

/**
 * All processes share one clock: turn `k` is at `k` gaps since the epoch, and process `index` of `count` owns each turn with
 * `k mod count = index`. So however many there are, no second has more turns than the limit allows; and one that dies leaves
 * holes alone.
 * @param now milliseconds since the epoch
 * @param last the turn that this process took last; -1: none
 * @returns the next turn of this process
 */
export function nextTurn(now: number, last: number, perSecond: number, { index, count }: Place): number {
  const first = Math.max(last + 1, Math.ceil((now - GRACE_MS) / gapMs(perSecond)));
  return first + ((((index - first) % count) + count) % count);
}

/** When a turn is, in milliseconds since the epoch. */
export function turnAt(turn: number, perSecond: number): number {
  return turn * gapMs(perSecond);
}

/** How many turns a process has in a second. */
export function turnsPerSecond(perSecond: number, { count }: Pick<Place, "count">): number {
  return usedOf(perSecond) / count;
}
