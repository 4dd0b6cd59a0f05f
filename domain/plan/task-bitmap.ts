import { addResult, type Count, type Counted, NO_COUNT, type Sum } from "../result/count.ts";
import type { TaskResult } from "../result/task-result.ts";
import type { Plan, UrlTasks } from "./plan.ts";
import type { Task } from "./target.ts";
import { formKey, type GoodUrl } from "./task.ts";

/** A ledger as it is kept: its counts, and two bits a task. */
export interface SavedLedger {
  readonly count: Count;
  /** Whether it has a result. */
  readonly bits: Uint8Array;
  /** Whether that is good. */
  readonly good: Uint8Array;
}

/** Whether the task of an object at a POP has a good result; undefined: there is no such task. */
export type GoodAt = (pop: string) => boolean | undefined;

/** The tasks of one URL in one variant, and the bit of the one that has the number 0. */
interface Line {
  readonly tasks: UrlTasks;
  readonly firstBit: number;
}

/**
 * Which of a plan's tasks have a result, and which a good one. A bit a task for each: 60,000 URLs at 600 POPs are 9 MB, where a
 * set of their keys would not fit a function's memory.
 */
export class Ledger {
  private readonly lines = new Map<string, Line>();
  private readonly seen: Uint8Array;
  private readonly good: Uint8Array;
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
    this.good = new Uint8Array(this.seen.length);
  }

  /** Counts a result; one that belongs to no planned task, or came before, does not count. */
  enter(result: Pick<TaskResult, "pop" | "url" | "variant"> & Counted): boolean {
    const line = this.lines.get(formKey(result));
    const number = line?.tasks.numberOf(result);
    if (line === undefined || number === undefined) return false;
    const bit = line.firstBit + number;
    if (isSet(this.seen, bit)) return false;
    set(this.seen, bit);
    if (result.ok) set(this.good, bit);
    addResult(this.sum, result);
    return true;
  }

  /** Exact counts of what was entered. */
  count(): Count {
    return { ...this.sum };
  }

  saved(): SavedLedger {
    return { count: this.count(), bits: this.seen, good: this.good };
  }

  /** Goes on from what was kept. @returns false if that was a ledger of another plan: then nothing happens */
  restore({ count, bits, good }: SavedLedger): boolean {
    if (bits.length !== this.seen.length || good.length !== this.good.length) return false;
    this.seen.set(bits);
    this.good.set(good);
    Object.assign(this.sum, count);
    return true;
  }

  /** Where an object is good; undefined where it has no tasks at all. */
  goodAt(url: Pick<GoodUrl, "url"> & { readonly variant?: string | undefined }): GoodAt | undefined {
    const line = this.lines.get(formKey(url));
    if (line === undefined) return undefined;
    return (pop) => {
      const number = line.tasks.numberOf({ pop });
      return number === undefined ? undefined : isSet(this.good, line.firstBit + number);
    };
  }

  /** How many tasks have no result. */
  get missingCount(): number {
    return this.total - this.sum.download_count;
  }

  /** Tasks without a result, URL after URL, each by itself. */
  *missing(): Generator<Task> {
    for (const { tasks, firstBit } of this.lines.values()) {
      yield* tasks.tasks((number) => !isSet(this.seen, firstBit + number));
    }
  }

  /** The same as they are queued again: of those that miss a URL under a REC, the first leads the others. */
  *missingLeads(): Generator<Task> {
    for (const { tasks, firstBit } of this.lines.values()) {
      yield* tasks.leads((number) => !isSet(this.seen, firstBit + number));
    }
  }
}

function isSet(bits: Uint8Array, bit: number): boolean {
  return ((bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}

function set(bits: Uint8Array, bit: number): void {
  bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
}
