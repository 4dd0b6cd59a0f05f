import type { Window } from "../admit/concurrency.ts";

/** Counts what is downloaded, window by window. */
export class Tally {
  private bytes = 0;
  private tasks = 0;
  private troubled = 0;
  private since = performance.now();
  private lastTask = this.since;

  addBytes(bytes: number): void {
    this.bytes += bytes;
  }

  /** @param troubled whether the link or the POP may have been overloaded */
  addTask(troubled: boolean): void {
    this.tasks++;
    this.lastTask = performance.now();
    if (troubled) this.troubled++;
  }

  /** When the last task ended, as `performance.now()`. Before the first one: when the counting began. */
  get lastTaskAt(): number {
    return this.lastTask;
  }

  /** What happened since the last call. */
  window(saturated: boolean): Window {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - this.since) / 1000);
    const window = {
      bytesPerSecond: this.bytes / seconds,
      tasksPerSecond: this.tasks / seconds,
      troubled: this.tasks === 0 ? 0 : this.troubled / this.tasks,
      saturated,
    };
    this.bytes = 0;
    this.tasks = 0;
    this.troubled = 0;
    this.since = now;
    return window;
  }
}

/** Large files fill a link in a few downloads at once, small ones in many: they are counted apart. */
export class Meter {
  readonly small = new Tally();
  readonly large = new Tally();

  /** When the last task ended, as `performance.now()`. Before the first one: when the meter was made. */
  get lastTaskAt(): number {
    return Math.max(this.small.lastTaskAt, this.large.lastTaskAt);
  }
}
