import type { TaskResult } from "../result/task-result.ts";
import type { Plan, Service, Task } from "./plan.ts";
import type { Target } from "./target.ts";
import type { TaskUrl } from "./task-url.ts";

/** Exact counts of a request's results. */
export interface Count {
  readonly download_count: number;
  readonly download_size: number;
  readonly failed_count: number;
}

/** A URL of the plan, and the first of its bits. Its targets have one each, in their order. */
interface Line {
  readonly url: TaskUrl;
  readonly service: Service;
  readonly firstBit: number;
}

/**
 * Which of a plan's tasks have a result. One bit a task: 60,000 URLs at 600 POPs are 4.5 MB, where a set of their
 * keys would not fit a function's memory.
 */
export class Ledger {
  private readonly lines = new Map<string, Line>();
  private readonly seen: Uint8Array;
  private readonly targets: ReadonlySet<Target>;
  private downloadCount = 0;
  private downloadSize = 0;
  private failedCount = 0;

  constructor(plan: Plan, urls: readonly TaskUrl[]) {
    const targets = new Set<Target>();
    let bits = 0;
    for (const url of urls) {
      const service = plan.serviceOf(url);
      if (service === undefined) continue;
      this.lines.set(url.url, { url, service, firstBit: bits });
      bits += service.targets.length;
      for (const target of service.targets) targets.add(target);
    }
    this.targets = targets;
    this.seen = new Uint8Array(Math.ceil(bits / 8));
  }

  /** Counts a result; one that belongs to no planned task, or came before, does not count. */
  enter(result: Pick<TaskResult, "pop" | "url" | "ok" | "bytes">): boolean {
    const line = this.lines.get(result.url);
    const position = line?.service.position.get(result.pop);
    if (line === undefined || position === undefined) return false;
    const bit = line.firstBit + position;
    if (this.has(bit)) return false;
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
  *missing(): Generator<Task> {
    for (const target of this.targets) {
      for (const { url, service, firstBit } of this.lines.values()) {
        const position = service.position.get(target.pop);
        if (position === undefined || service.targets[position] !== target) continue;
        if (!this.has(firstBit + position)) yield { target, url, host: service.host };
      }
    }
  }

  private has(bit: number): boolean {
    return ((this.seen[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}
