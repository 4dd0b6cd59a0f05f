import type { Window } from "./concurrency.ts";

/** After so many windows the limit is judged, whatever has ended. */
const PATIENCE = 10;

/**
 * The windows since the limit was judged last. While fewer tasks have ended than may run at once, what ends still began under
 * the limit before, and the rate has not settled: a link that is full looks as if each growth brought more, until new
 * connections wait behind it for too long.
 */
export class Generation {
  private windows: Window[] = [];

  /**
   * @param tasksAtOnce the limit
   * @param seconds how long the window was
   * @returns what the windows come to together; undefined: it is too soon to judge
   */
  add(window: Window, tasksAtOnce: number, seconds: number): Window | undefined {
    // The limit bounded nothing, and another one would have changed nothing. What comes after is judged without it: where little
    // ran for a while, a crowd is not to wait for its slots.
    if (!window.saturated) {
      this.windows = [];
      return window;
    }
    this.windows.push(window);
    const { windows } = this;
    const ended = sum(windows, ({ tasksPerSecond }) => tasksPerSecond) * seconds;
    // What goes wrong is acted on at once.
    const isUrgent = window.troubled > 0 || window.memoryTight === true;
    if (ended < tasksAtOnce && windows.length < PATIENCE && !isUrgent) return undefined;
    this.windows = [];
    return {
      bytesPerSecond: sum(windows, ({ bytesPerSecond }) => bytesPerSecond) / windows.length,
      tasksPerSecond: sum(windows, ({ tasksPerSecond }) => tasksPerSecond) / windows.length,
      troubled: window.troubled,
      saturated: true,
      cpuBound: window.cpuBound === true,
      memoryTight: window.memoryTight === true,
    };
  }
}

function sum(windows: readonly Window[], of: (window: Window) => number): number {
  return windows.reduce((total, window) => total + of(window), 0);
}
