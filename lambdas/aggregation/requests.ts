import type { ProgressTable } from "../../aws/progress-table.ts";
import type { RequestReader } from "../../aws/request-table.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { minuteOf } from "../../domain/request/samples.ts";
import { type Count, minus } from "../../domain/result/count.ts";
import type { FailureReason } from "../../domain/result/failure.ts";
import type { BatchProgress } from "./batch.ts";

/** What the counters of a request depend on, and what does not change once its totals are known. */
export interface CountedRequest {
  readonly total_count: number;
  readonly expire_at: number;
  readonly max_failures: number | undefined;
  /** Where each of its POPs stands in its list. */
  readonly numberOf: ReadonlyMap<string, number>;
}

/** The requests whose results come in. Their items have kilobytes, and each batch needs the same part of them. */
export class CountedRequests {
  private readonly known = new Map<string, CountedRequest>();

  constructor(private readonly requests: Pick<RequestReader, "get">) {}

  /** Undefined for one whose results do not count: it has ended, or no tasks yet, or is not to be found. */
  async get(reqId: string): Promise<CountedRequest | undefined> {
    const known = this.known.get(reqId);
    if (known !== undefined) return known;
    const item = await this.requests.get(reqId);
    if (item?.active === undefined || item.total_count === 0) return undefined;
    const counted = countedRequest(item);
    remember(this.known, reqId, counted);
    return counted;
  }
}

function countedRequest(item: RequestItem): CountedRequest {
  const { total_count, expire_at, max_failures } = item;
  return {
    total_count,
    expire_at,
    max_failures,
    numberOf: new Map(item.pops.map((pop, n) => [pop, n])),
  };
}

/** Whoever asks how long a request has stood still counts in minutes. */
const EVERY_MS = 2_000;

/** Notes when results of a request came last: not with each batch, for it is a write of its own. */
export class LastMoves {
  private readonly noted = new Map<string, number>();

  constructor(private readonly progress: Pick<ProgressTable, "moved">) {}

  async note({ reqId, at }: Pick<BatchProgress, "reqId" | "at">, expireAt: number): Promise<void> {
    const before = this.noted.get(reqId);
    if (before !== undefined && at - before < EVERY_MS) return;
    await this.progress.moved(reqId, at, expireAt);
    remember(this.noted, reqId, at);
  }
}

/**
 * Notes what was counted when a minute began, with the first batch in it: one write a minute and process. What batches beside
 * this one have added by then is among it, so it may be a second late. A batch that is tried again notes nothing else.
 */
export class Minutes {
  private readonly noted = new Map<string, number>();

  constructor(private readonly progress: Pick<ProgressTable, "began">) {}

  /** @param counted with the batch. @param now milliseconds since the epoch */
  async note(
    { reqId, total }: Pick<BatchProgress, "reqId" | "total">,
    counted: Count,
    now: number,
    expireAt: number,
  ): Promise<void> {
    const minute = minuteOf(now);
    if (this.noted.get(reqId) === minute) return;
    await this.progress.began(reqId, minute, minus(counted, total), expireAt);
    remember(this.noted, reqId, minute);
  }
}

/** Keeps a few examples of each reason of failures: those of the first batch that has any. Each costs one write a process. */
export class FailureExamples {
  private readonly noted = new Map<string, Set<FailureReason>>();

  constructor(private readonly progress: Pick<ProgressTable, "exemplify">) {}

  async note({ reqId, failures }: Pick<BatchProgress, "reqId" | "failures">, expireAt: number): Promise<void> {
    const noted = this.noted.get(reqId) ?? new Set();
    remember(this.noted, reqId, noted);
    for (const [reason, { examples }] of failures) {
      if (examples.length === 0 || noted.has(reason)) continue;
      await this.progress.exemplify(reqId, reason, examples, expireAt);
      noted.add(reason);
    }
  }
}

/** There are fewer active requests at a time. */
const REMEMBERED = 50;

/** Notes what is known of a request, by its id, and forgets those that were noted longest ago. */
export function remember<T>(known: Map<string, T>, reqId: string, value: T): void {
  known.delete(reqId);
  known.set(reqId, value);
  for (const oldest of known.keys()) if (known.size > REMEMBERED) known.delete(oldest);
}
