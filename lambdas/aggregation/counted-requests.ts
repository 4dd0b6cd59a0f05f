import type { RequestReader } from "../../aws/request-reader.ts";
import type { CountedBefore } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { remember } from "./remember.ts";

/** What the counters of a request depend on, and what does not change once its totals are known. */
export interface CountedRequest {
  readonly total_count: number;
  readonly expire_at: number;
  readonly max_failures: number | undefined;
  /** Where each of its POPs stands in its list. */
  readonly numberOf: ReadonlyMap<string, number>;
  /** What a release before has counted on the item. */
  readonly counted: CountedBefore;
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
  const { total_count, expire_at, max_failures, download_count, download_size, failed_count } = item;
  return {
    total_count,
    expire_at,
    max_failures,
    numberOf: new Map(item.pops.map((pop, n) => [pop, n])),
    counted: { download_count, download_size, failed_count },
  };
}
