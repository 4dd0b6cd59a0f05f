import { Bitmap } from "../bitmap.ts";
import { addResult, type Count, type Counted, NO_COUNT, type Sum } from "../result/count.ts";
import type { Plan, UrlTasks } from "./plan.ts";
import type { Task } from "./target.ts";
import { type GoodUrl, type UrlVariant, urlVariantKey } from "./task.ts";

/** A bitmap as it is kept: its counts, and two bits a task. */
export interface SavedTaskBitmap {
  readonly count: Count;
  /** Which tasks have a result: a {@link Bitmap} as text. */
  readonly bits: string;
  /** Which of these are good. */
  readonly good: string;
}

/** Whether the task of an object at a POP has a good result; undefined: there is no such task. */
export type GoodAt = (pop: string) => boolean | undefined;

/**
 * Which of a plan's tasks have a result, and which a good one. A bit a task for each: 60,000 URLs at 600 POPs are 9 MB, where a
 * set of their keys would not fit a function's memory.
 */
export class TaskBitmap {
  /** The tasks of each variant of a URL, and the bit of the POP with the index 0. */
  private readonly tasksByVariant = new Map<string, { readonly tasks: UrlTasks; readonly firstBit: number }>();
  private readonly total: number;
  private seen = new Bitmap();
  private good = new Bitmap();
  private readonly sum: Sum = { ...NO_COUNT };

  constructor(plan: Plan, urls: readonly GoodUrl[]) {
    let total = 0;
    for (const [row, url] of urls.entries()) {
      const tasks = plan.tasksOf(url);
      if (tasks === undefined) continue;
      this.tasksByVariant.set(urlVariantKey(url), { tasks, firstBit: row * plan.request.pops.length });
      total += tasks.count;
    }
    this.total = total;
  }

  /** Counts a result; one that belongs to no planned task, or came before, does not count. */
  addResult(result: UrlVariant & { readonly pop: string } & Counted): boolean {
    const found = this.tasksByVariant.get(urlVariantKey(result));
    const popIndex = found?.tasks.popIndexOf(result.pop);
    if (found === undefined || popIndex === undefined) return false;
    const bit = found.firstBit + popIndex;
    if (this.seen.has(bit)) return false;
    this.seen.add(bit);
    if (result.ok) this.good.add(bit);
    addResult(this.sum, result);
    return true;
  }

  /** Whether the result of a task is good; undefined: it has none, or there is no such task. */
  isGood(task: UrlVariant & { readonly pop: string }): boolean | undefined {
    const found = this.tasksByVariant.get(urlVariantKey(task));
    const popIndex = found?.tasks.popIndexOf(task.pop);
    if (found === undefined || popIndex === undefined) return undefined;
    const bit = found.firstBit + popIndex;
    return this.seen.has(bit) ? this.good.has(bit) : undefined;
  }

  /** Exact counts of what was entered. */
  count(): Count {
    return { ...this.sum };
  }

  saved(): SavedTaskBitmap {
    return { count: this.count(), bits: this.seen.toText(), good: this.good.toText() };
  }

  /** Goes on from what was kept of the same plan. */
  restore({ count, bits, good }: SavedTaskBitmap): void {
    this.seen = new Bitmap(bits);
    this.good = new Bitmap(good);
    Object.assign(this.sum, count);
  }

  /** Where an object is good; undefined where it has no tasks at all. */
  goodAt(variant: UrlVariant): GoodAt | undefined {
    const found = this.tasksByVariant.get(urlVariantKey(variant));
    if (found === undefined) return undefined;
    return (pop) => {
      const popIndex = found.tasks.popIndexOf(pop);
      return popIndex === undefined ? undefined : this.good.has(found.firstBit + popIndex);
    };
  }

  /** How many tasks have no result. */
  get missingCount(): number {
    return this.total - this.sum.download_count;
  }

  /** Tasks without a result, URL after URL, each by itself. */
  *missing(): Generator<Task> {
    for (const { tasks, firstBit } of this.tasksByVariant.values())
      yield* tasks.tasks((popIndex) => !this.seen.has(firstBit + popIndex));
  }

  /** The same as they are queued again: of those that miss a URL under a REC, the first leads the others. */
  *missingLeads(): Generator<Task> {
    for (const { tasks, firstBit } of this.tasksByVariant.values())
      yield* tasks.leads((popIndex) => !this.seen.has(firstBit + popIndex));
  }
}
