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
  /** Whether this process has nearly all the memory that it may have. @default false */
  readonly memoryTight?: boolean;
}

export interface Limit {
  readonly value: number;
  /** What the limit and the throughput were before the last change. */
  readonly before:
    | { readonly value: number; readonly bytesPerSecond: number; readonly tasksPerSecond: number }
    | undefined;
  /** Whether it has never been enough so far: until then it doubles. */
  readonly doubles: boolean;
  /** Share of the attempts that fails whatever the limit is: at a POP out of order, on URLs that break the origin. */
  readonly usualTrouble: number;
}

const MIN = 4;
const START = 32;
const MAX = 1_024;
/** A far link is filled within seconds: TCP's slow start does the same. */
const DOUBLING = { growth: 2, worthwhile: 1.15 };
/** Later steps are small. More than `worthwhile` must be gained for growth to go on. */
const PROBING = { growth: 1.3, worthwhile: 1.03 };
/** More trouble than usual by so much is the limit's fault. */
const TOO_MUCH_TROUBLE = 0.05;

export const startLimit: Limit = { value: START, before: undefined, doubles: true, usualTrouble: 0 };

/**
 * The next limit on downloads at once: grows while that brings more bytes or more tasks, goes back one step when it
 * does not, and falls fast when more attempts fail than usual or memory runs out.
 */
export function nextLimit(limit: Limit, window: Window): Limit {
  const { usualTrouble } = limit;
  // Trouble that a lower limit does not end is not the limit's: within a few windows it is the usual.
  const stillUsual = window.tasksPerSecond === 0 ? usualTrouble : (usualTrouble + window.troubled) / 2;
  return { ...adjust(limit, window), usualTrouble: stillUsual };
}

function adjust(limit: Limit, window: Window): Omit<Limit, "usualTrouble"> {
  if (window.memoryTight === true || window.troubled > limit.usualTrouble + TOO_MUCH_TROUBLE)
    return { value: Math.max(MIN, Math.floor(limit.value / 2)), before: undefined, doubles: false };
  if (!window.saturated || window.cpuBound === true) return limit;
  const { value, before, doubles } = limit;
  const { bytesPerSecond, tasksPerSecond } = window;
  const { growth, worthwhile } = doubles ? DOUBLING : PROBING;
  const gained =
    before === undefined ||
    bytesPerSecond > before.bytesPerSecond * worthwhile ||
    tasksPerSecond > before.tasksPerSecond * worthwhile;
  // If nothing was gained, where it stood is enough; the next window is compared afresh, as what is downloaded changes.
  if (!gained) return { value: before.value, before: undefined, doubles: false };
  return {
    value: Math.min(MAX, Math.ceil(value * growth)),
    before: { value, bytesPerSecond, tasksPerSecond },
    doubles,
  };
}
