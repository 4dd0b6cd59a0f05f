/** What a window of time showed. */
export interface Window {
  /** Bytes and finished tasks per second. */
  readonly bytesPerSecond: number;
  readonly tasksPerSecond: number;
  /** Share of the attempts that ended in a timeout, a reset or a 5xx. */
  readonly troubled: number;
  /** Whether as many tasks ran as were allowed: only then does the limit bind. */
  readonly saturated: boolean;
  /** Whether this process's own core is what binds: more at once would only wait for it. @default false */
  readonly cpuBound?: boolean;
}

export interface Limit {
  readonly value: number;
  /** Throughput before the last change, and what the change was. */
  readonly before: { readonly bytesPerSecond: number; readonly tasksPerSecond: number } | undefined;
  /** Share of the attempts that fails whatever the limit is: at a POP out of order, on URLs that break the origin. */
  readonly usualTrouble: number;
}

const MIN = 4;
const START = 32;
const MAX = 1_024;
const GROWTH = 1.3;
/** More than so much must be gained for growth to go on. */
const WORTHWHILE = 1.03;
/** More trouble than usual by so much is the limit's fault. */
const TOO_MUCH_TROUBLE = 0.05;

export const startLimit: Limit = { value: START, before: undefined, usualTrouble: 0 };

/**
 * The next limit on downloads at once: grows while that brings more bytes or more tasks, goes back one step when it
 * does not, and falls fast when more attempts fail than usual.
 */
export function nextLimit(limit: Limit, window: Window): Limit {
  const { usualTrouble } = limit;
  // Trouble that a lower limit does not end is not the limit's: within a few windows it is the usual.
  const stillUsual = window.tasksPerSecond === 0 ? usualTrouble : (usualTrouble + window.troubled) / 2;
  return { ...adjust(limit, window), usualTrouble: stillUsual };
}

function adjust(limit: Limit, window: Window): Pick<Limit, "value" | "before"> {
  if (window.troubled > limit.usualTrouble + TOO_MUCH_TROUBLE)
    return { value: Math.max(MIN, Math.floor(limit.value / 2)), before: undefined };
  if (!window.saturated || window.cpuBound === true) return limit;
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
