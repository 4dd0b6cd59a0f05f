import { Bitmap } from "../bitmap.ts";
import type { RequestItem } from "../request/request-item.ts";
import { addResult, type Count, type Counted, NO_COUNT, type Sum } from "../result/count.ts";
import { isLacking, type Scoped } from "../result/outcome.ts";
import type { Plan, UrlTasks } from "./plan.ts";
import type { Task } from "./target.ts";
import { type GoodUrl, type UrlVariant, urlVariantKey } from "./task.ts";

/** A bitmap as it is kept: its counts, and three bits a task. */
export interface SavedTaskBitmap {
  readonly count: Count;
  /** Which tasks have a result: a {@link Bitmap} as text. */
  readonly bits: string;
  /** Which of these are good. */
  readonly good: string;
  /** Which of these are lacking although they succeeded: only the REC is shown to keep the object. */
  readonly regional: string;
}

/** How the task of an object at a POP stands. `regional`: it succeeded, and only the REC is shown to keep the object. `bad` includes no result. */
export type TaskCondition = "good" | "regional" | "bad";
/** The condition of an object's task at a POP; undefined: there is no such task. */
export type ConditionAt = (pop: string) => TaskCondition | undefined;

/**
 * Which of a plan's tasks have a result, which a good one, and which one that shows the REC alone. A bit a task for each: 60,000 URLs at
 * 600 POPs are 14 MB, where a set of their keys would not fit a function's memory.
 */
export class TaskBitmap {
  /** The tasks of each variant of a URL, and the bit of the POP with the index 0. */
  private readonly tasksByVariant = new Map<
    string,
    { readonly url: GoodUrl; readonly tasks: UrlTasks; readonly firstBit: number }
  >();
  private readonly total: number;
  private readonly request: RequestItem & Scoped;
  private seen = new Bitmap();
  private good = new Bitmap();
  private regional = new Bitmap();
  private readonly sum: Sum = { ...NO_COUNT };

  constructor(plan: Plan, urls: readonly GoodUrl[]) {
    let total = 0;
    this.request = plan.request;
    for (const [row, url] of urls.entries()) {
      const tasks = plan.tasksOf(url);
      if (tasks === undefined) continue;
      this.tasksByVariant.set(urlVariantKey(url), { url, tasks, firstBit: row * plan.request.pops.length });
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
    if (result.ok) (isLacking(result.outcome, this.request) ? this.regional : this.good).add(bit);
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
    return {
      count: this.count(),
      bits: this.seen.toText(),
      good: this.good.toText(),
      regional: this.regional.toText(),
    };
  }

  /** Goes on from what was kept of the same plan. */
  restore({ count, bits, good, regional }: SavedTaskBitmap): void {
    this.seen = new Bitmap(bits);
    this.good = new Bitmap(good);
    this.regional = new Bitmap(regional);
    Object.assign(this.sum, count);
  }

  /** How an object's tasks stand; undefined where it has no tasks at all. */
  conditionAt(variant: UrlVariant): ConditionAt | undefined {
    const found = this.tasksByVariant.get(urlVariantKey(variant));
    if (found === undefined) return undefined;
    return (pop) => {
      const popIndex = found.tasks.popIndexOf(pop);
      if (popIndex === undefined) return undefined;
      const bit = found.firstBit + popIndex;
      if (this.good.has(bit)) return "good";
      return this.regional.has(bit) ? "regional" : "bad";
    };
  }

  /** The objects with tasks that only the REC is shown to keep, and the POPs of these tasks. */
  *regionalUrls(): Generator<GoodUrl> {
    for (const { url, firstBit } of this.tasksByVariant.values()) {
      const pops = new Bitmap();
      for (const popIndex of this.request.pops.keys()) if (this.regional.has(firstBit + popIndex)) pops.add(popIndex);
      if (pops.size > 0) yield { ...url, pops: pops.toText() };
    }
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
