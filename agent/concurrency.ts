/** What a window of time showed. */
export interface Window {
  /** Bytes and finished tasks per second. */
  readonly bytesPerSecond: number;
  readonly tasksPerSecond: number;
  /** Share of the attempts that ended in a timeout, a reset or a 5xx. */
  readonly troubled: number;
  /** Whether as many tasks ran as were allowed: only then does the limit bind. */
  readonly saturated: boolean;
}

export interface Limit {
  readonly value: number;
  /** Throughput before the last change, and what the change was. */
  readonly before: { readonly bytesPerSecond: number; readonly tasksPerSecond: number } | undefined;
}

const MIN = 4;
const START = 32;
const MAX = 1_024;
const GROWTH = 1.3;
/** More than so much must be gained for growth to go on. */
const WORTHWHILE = 1.03;
const TOO_MUCH_TROUBLE = 0.05;

export const startLimit: Limit = { value: START, before: undefined };

/**
 * The next limit on downloads at once: grows while that brings more bytes or more tasks, goes back one step when it
 * does not, and falls fast when attempts fail.
 */
export function nextLimit(limit: Limit, window: Window): Limit {
  if (window.troubled > TOO_MUCH_TROUBLE)
    return { value: Math.max(MIN, Math.floor(limit.value / 2)), before: undefined };
  if (!window.saturated) return limit;
  const { bytesPerSecond, tasksPerSecond } = window;
  const gained =
    limit.before === undefined ||
    bytesPerSecond > limit.before.bytesPerSecond * WORTHWHILE ||
    tasksPerSecond > limit.before.tasksPerSecond * WORTHWHILE;
  if (gained) {
    return { value: Math.min(MAX, Math.ceil(limit.value * GROWTH)), before: { bytesPerSecond, tasksPerSecond } };
  }
  // Where it stands is enough; the next window is compared afresh, as what is downloaded changes.
  return { value: Math.max(MIN, Math.floor(limit.value / GROWTH)), before: undefined };
}
