/** An action and its time, by `performance.now()`. */
interface TimerEntry {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Actions in the order of their times: a binary heap with one timer (https://en.wikipedia.org/wiki/Binary_heap). A task that waits is an entry
 * here, without a timer or a suspended call of its own.
 */
export class TimerQueue {
  private readonly heap: TimerEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.heap.length;
  }

  /** Runs an action at its time. It must not throw. */
  add(at: number, run: () => void): void {
    const { heap } = this;
    let i = heap.length;
    heap.push({ at, run });
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.at(parent) <= at) break;
      this.swap(i, parent);
      i = parent;
    }
    this.schedule();
  }

  private schedule(): void {
    const next = this.at(0);
    if (next >= this.timerAt) return;
    clearTimeout(this.timer);
    this.timerAt = next;
    if (next === Number.POSITIVE_INFINITY) return;
    // A timer drops the fraction of its milliseconds, and a check that comes too early shows no growth.
    this.timer = setTimeout(() => this.runDue(), Math.max(0, Math.ceil(next - performance.now())) + 1);
  }

  private runDue(): void {
    const now = performance.now();
    const due: TimerEntry[] = [];
    while (this.at(0) <= now) due.push(this.pop());
    this.timerAt = Number.POSITIVE_INFINITY;
    this.schedule();
    for (const { run } of due) run();
  }

  private pop(): TimerEntry {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) throw new Error("the queue is empty");
    if (heap.length === 0) return first;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      const least = this.at(right) < this.at(left) ? right : left;
      if (this.at(least) >= last.at) return first;
      this.swap(i, least);
      i = least;
    }
  }

  private at(index: number): number {
    return this.heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    const [one, other] = [heap[a], heap[b]];
    if (one === undefined || other === undefined) return;
    heap[a] = other;
    heap[b] = one;
  }
}
