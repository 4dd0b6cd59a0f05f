/** What was measured in a window of time. */
export interface Window {
  /** Bytes and finished tasks per second. */
  readonly bytesPerSecond: number;
  readonly tasksPerSecond: number;
  /** Share of the attempts that ended in a timeout, a reset or a 5xx. */
  readonly failureRate: number;
}

/** Counts what is downloaded, window by window. */
export class Throughput {
  private bytes = 0;
  private tasks = 0;
  private failedTasks = 0;
  private since = performance.now();

  addBytes(bytes: number): void {
    this.bytes += bytes;
  }

  /** @param hasFailed whether the link or the POP may have been overloaded */
  addTask(hasFailed: boolean): void {
    this.tasks++;
    if (hasFailed) this.failedTasks++;
  }

  /** What happened since the last call. */
  window(): Window {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - this.since) / 1_000);
    const window = {
      bytesPerSecond: this.bytes / seconds,
      tasksPerSecond: this.tasks / seconds,
      failureRate: this.tasks === 0 ? 0 : this.failedTasks / this.tasks,
    };
    this.bytes = 0;
    this.tasks = 0;
    this.failedTasks = 0;
    this.since = now;
    return window;
  }
}

/** A few large files fill a link, of small ones many: they are counted apart, and have concurrency limits of their own. */
export interface BySize<T> {
  readonly small: T;
  readonly large: T;
}
