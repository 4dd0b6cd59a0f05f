import { type Distribution, distributionOf } from "../request/distribution.ts";
import type { TaskResult } from "../result/task-result.ts";
import type { RequestPopItem } from "./target.ts";

/** A task that is to be done: one row of the list of good URLs (`[url, bytes]`) at one target. */
export interface PlannedTask {
  readonly target: RequestPopItem;
  readonly row: readonly string[];
}

/** Exact counts of a request's results. */
export interface Count {
  readonly download_count: number;
  readonly download_size: number;
  readonly failed_count: number;
}

/**
 * Which of a request's tasks have a result. One bit a task: 60,000 URLs at 600 POPs are 4.5 MB, where a set of their
 * keys would not fit a function's memory.
 */
export class Ledger {
  private readonly urls: readonly { readonly row: readonly string[]; readonly label: string | undefined }[];
  private readonly urlIndex: ReadonlyMap<string, number>;
  private readonly targets: readonly RequestPopItem[];
  /** The POPs of each label, numbered: a POP may stand under one label and have failed under another. */
  private readonly popIndex = new Map<string, Map<string, number>>();
  /** Bits of a URL: as many as the label with the most POPs has. */
  private readonly width: number;
  private readonly seen: Uint8Array;
  private downloadCount = 0;
  private downloadSize = 0;
  private failedCount = 0;

  constructor(
    rows: readonly (readonly string[])[],
    distributions: readonly Distribution[],
    targets: readonly RequestPopItem[],
  ) {
    this.urls = rows.map((row) => ({ row, label: labelOf(row, distributions) }));
    this.urlIndex = new Map(rows.map(([url = ""], i) => [url, i]));
    this.targets = targets.filter(({ state }) => state !== "FAILED");
    for (const { pop, label } of this.targets) {
      const pops = this.popIndex.get(label) ?? new Map<string, number>();
      this.popIndex.set(label, pops.set(pop, pops.size));
    }
    this.width = Math.max(0, ...[...this.popIndex.values()].map((pops) => pops.size));
    this.seen = new Uint8Array(Math.ceil((rows.length * this.width) / 8));
  }

  /** Counts a result; one that belongs to no planned task, or came before, does not count. */
  enter(result: Pick<TaskResult, "pop" | "url" | "ok" | "bytes">): boolean {
    const bit = this.bit(result.pop, result.url);
    if (bit === undefined || this.has(bit)) return false;
    this.seen[bit >> 3] = (this.seen[bit >> 3] ?? 0) | (1 << (bit & 7));
    this.downloadCount++;
    if (result.ok) this.downloadSize += result.bytes;
    else this.failedCount++;
    return true;
  }

  count(): Count {
    return { download_count: this.downloadCount, download_size: this.downloadSize, failed_count: this.failedCount };
  }

  /** Tasks without a result, target after target. */
  *missing(): Generator<PlannedTask> {
    for (const target of this.targets) {
      for (const { row, label } of this.urls) {
        const bit = label === target.label ? this.bit(target.pop, row[0] ?? "") : undefined;
        if (bit !== undefined && !this.has(bit)) yield { target, row };
      }
    }
  }

  private bit(pop: string, url: string): number | undefined {
    const i = this.urlIndex.get(url);
    if (i === undefined) return undefined;
    const j = this.popIndex.get(this.urls[i]?.label ?? "")?.get(pop);
    return j === undefined ? undefined : i * this.width + j;
  }

  private has(bit: number): boolean {
    return ((this.seen[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}

function labelOf([url = ""]: readonly string[], distributions: readonly Distribution[]): string | undefined {
  return distributionOf(distributions, new URL(url).hostname)?.label;
}
