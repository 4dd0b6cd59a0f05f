/** Of a limit, so much is used: requests take different times to the origin, and may come closer together there. */
export const SHARE = 0.9;
/** What is late by more than this has lost its turn: else a process that was busy would make up for it all at once. */
export const GRACE_MS = 50;
/** Nobody looks further ahead for its next turn: who shares them may be others by then. */
const AHEAD_MS = 60_000;

/** Turns of all processes in a second. Of 2.5 requests a second only 2 can be in one. */
export function turnsPerSecond(limit: number): number {
  return SHARE * (limit < 1 ? limit : Math.floor(limit));
}

/** Milliseconds between the turns of all processes together. */
function gapMs(perSecond: number): number {
  return 1_000 / turnsPerSecond(perSecond);
}

/** The next turn of all, whosever it is. Arguments as those of {@link nextOwnTurn}. */
export function nextTurn(now: number, last: number, perSecond: number): number {
  return Math.max(last + 1, Math.ceil((now - GRACE_MS) / gapMs(perSecond)));
}

/**
 * All processes share one clock: turn `k` is at `k` gaps since the epoch, and one process owns it (`owner.ts`). So however
 * many there are, no second has more turns than the limit allows; and one that dies leaves holes alone.
 * @param now milliseconds since the epoch
 * @param last the turn that this process took last; -1: none
 * @param owns whether a turn is this process's
 * @returns the next turn of this process; undefined: it has none so soon
 */
export function nextOwnTurn(
  now: number,
  last: number,
  perSecond: number,
  owns: (turn: number) => boolean,
): number | undefined {
  const first = nextTurn(now, last, perSecond);
  const until = first + Math.ceil(AHEAD_MS / gapMs(perSecond));
  for (let turn = first; turn <= until; turn++) if (owns(turn)) return turn;
  return undefined;
}

/** When a turn is, in milliseconds since the epoch. */
export function turnAt(turn: number, perSecond: number): number {
  return turn * gapMs(perSecond);
}
