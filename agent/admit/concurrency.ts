/** What was measured in a window of time. */
export interface Window {
  /** Bytes and finished tasks per second. */
  readonly bytesPerSecond: number;
  readonly tasksPerSecond: number;
  /** Share of the attempts that ended in a timeout, a reset or a 5xx. */
  readonly troubled: number;
  /** Whether as many tasks ran as the limit allows: if not, another limit would change nothing. */
  readonly saturated: boolean;
  /** Whether this process's core is full: more downloads at once would only wait for it. @default false */
  readonly cpuBound?: boolean;
  /** Whether this process uses nearly all the memory that it may use. @default false */
  readonly memoryTight?: boolean;
}

export interface Limit {
  readonly value: number;
  /** What the limit and the throughput were before the last change. */
  readonly before:
    | { readonly value: number; readonly bytesPerSecond: number; readonly tasksPerSecond: number }
    | undefined;
  /** Whether every growth so far has brought more. As long as that is so, the limit doubles. */
  readonly doubles: boolean;
  /** Share of the attempts that fail at any limit, for example at a POP that is out of order. */
  readonly usualTrouble: number;
}

/** Between which limits, and in which steps. */
export interface Bounds {
  readonly min: number;
  readonly start: number;
  readonly max: number;
  readonly windowMs: number;
  /** Whether more tasks in a second are a gain, too: large files end too seldom to tell. */
  readonly byTasks: boolean;
  readonly probing: Step;
}

interface Step {
  readonly growth: number;
  /** As many times more must come for growth to go on. */
  readonly worthwhile: number;
}

/** Fills a far link within seconds, as TCP's slow start does. */
const DOUBLING: Step = { growth: 2, worthwhile: 1.15 };
/** Of small files. Later steps are small. */
export const SMALL: Bounds = {
  min: 4,
  start: 32,
  max: 1_024,
  windowMs: 1_000,
  byTasks: true,
  probing: { growth: 1.3, worthwhile: 1.03 },
};
/** Of large files: a few fill a link. A step takes a while to show, and is half as much again at the least. */
export const LARGE: Bounds = {
  min: 1,
  start: 2,
  max: 64,
  windowMs: 3_000,
  byTasks: false,
  probing: { growth: 1.3, worthwhile: 1.1 },
};
/** If this much more of the attempts fail than usual, the limit is taken to be the cause. */
const TOO_MUCH_TROUBLE = 0.05;

export function startLimit({ start }: Bounds = SMALL): Limit {
  return { value: start, before: undefined, doubles: true, usualTrouble: 0 };
}

/**
 * The next limit on downloads at once: grows while that brings more bytes or more tasks, goes back one step when it
 * does not, and falls fast when more attempts fail than usual or memory runs out.
 */
export function nextLimit(limit: Limit, window: Window, bounds = SMALL): Limit {
  const { usualTrouble } = limit;
  // Failures that go on at a lower limit do not come from the limit: within a few windows they count as usual.
  const stillUsual = window.tasksPerSecond === 0 ? usualTrouble : (usualTrouble + window.troubled) / 2;
  return { ...adjust(limit, window, bounds), usualTrouble: stillUsual };
}

function adjust(limit: Limit, window: Window, bounds: Bounds): Omit<Limit, "usualTrouble"> {
  if (window.memoryTight === true || window.troubled > limit.usualTrouble + TOO_MUCH_TROUBLE)
    return { value: Math.max(bounds.min, Math.floor(limit.value / 2)), before: undefined, doubles: false };
  if (!window.saturated || window.cpuBound === true) return limit;
  const { value, before, doubles } = limit;
  const { bytesPerSecond, tasksPerSecond } = window;
  const { growth, worthwhile } = doubles ? DOUBLING : bounds.probing;
  const gained =
    before === undefined ||
    bytesPerSecond > before.bytesPerSecond * worthwhile ||
    (bounds.byTasks && tasksPerSecond > before.tasksPerSecond * worthwhile);
  // Nothing was gained: back to the last limit. What is downloaded changes, so the next window is compared with
  // nothing.
  if (!gained) return { value: before.value, before: undefined, doubles: false };
  return {
    value: Math.min(bounds.max, Math.ceil(value * growth)),
    before: { value, bytesPerSecond, tasksPerSecond },
    doubles,
  };
}
