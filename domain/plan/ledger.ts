import { addResult, type Count, type Counted, NO_COUNT, type Sum } from "../result/count.ts";
import type { TaskResult } from "../result/task-result.ts";
import type { Plan, Task, UrlTasks } from "./plan.ts";
import { formKey, type GoodUrl } from "./task-url.ts";

/** A ledger as it is kept: its counts, and one bit a task. */
export interface SavedLedger {
  readonly count: Count;
  readonly bits: Uint8Array;
}

/** The tasks of one URL in one variant, and the bit of the one that has the number 0. */
interface Line {
  readonly tasks: UrlTasks;
  readonly firstBit: number;
}

/**
 * Which of a plan's tasks have a result. One bit a task: 60,000 URLs at 600 POPs are 4.5 MB, where a set of their
 * keys would not fit a function's memory.
 */
export class Ledger {
  private readonly lines = new Map<string, Line>();
  private readonly seen: Uint8Array;
  private readonly total: number;
  private readonly sum: Sum = { ...NO_COUNT };

  constructor(plan: Plan, urls: readonly GoodUrl[]) {
    let bits = 0;
    let total = 0;
    for (const url of urls) {
      const tasks = plan.tasksOf(url);
      if (tasks === undefined) continue;
      this.lines.set(formKey(url), { tasks, firstBit: bits });
      bits += tasks.span;
      total += tasks.count;
    }
    this.total = total;
    this.seen = new Uint8Array(Math.ceil(bits / 8));
  }

  /** Counts a result; one that belongs to no planned task, or came before, does not count. */
  enter(result: Pick<TaskResult, "pop" | "url" | "variant"> & Counted): boolean {
    const line = this.lines.get(formKey(result));
    const number = line?.tasks.numberOf(result);
    if (line === undefined || number === undefined) return false;
    const bit = line.firstBit + number;
    if (this.has(bit)) return false;
    this.seen[bit >> 3] = (this.seen[bit >> 3] ?? 0) | (1 << (bit & 7));
    addResult(this.sum, result);
    return true;
  }

  /** Exact counts of what was entered. */
  count(): Count {
    return { ...this.sum };
  }

  saved(): SavedLedger {
    return { count: this.count(), bits: this.seen };
  }

  /** Goes on from what was kept. @returns false if that was a ledger of another plan: then nothing happens */
  restore({ count, bits }: SavedLedger): boolean {
    if (bits.length !== this.seen.length) return false;
    this.seen.set(bits);
    Object.assign(this.sum, count);
    return true;
  }

  /** How many tasks have no result. */
  get missingCount(): number {
    return this.total - this.sum.download_count;
  }

  /** Tasks without a result, URL after URL, each by itself. */
  *missing(): Generator<Task> {
    for (const { tasks, firstBit } of this.lines.values()) {
      yield* tasks.tasks((number) => !this.has(firstBit + number));
    }
  }

  /** The same as they are queued again: of those that miss a URL under a REC, the first leads the others. */
  *missingLeads(): Generator<Task> {
    for (const { tasks, firstBit } of this.lines.values()) {
      yield* tasks.leads((number) => !this.has(firstBit + number));
    }
  }

  private has(bit: number): boolean {
    return ((this.seen[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}
