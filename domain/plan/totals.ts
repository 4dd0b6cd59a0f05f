import { type Distribution, distributionOf } from "../request/distribution.ts";
import { shardCount } from "../result/task-result.ts";
import type { RequestPopItem } from "./target.ts";

/** How much there is to download, and over how many partition keys its results are spread. */
export interface Totals {
  readonly total_count: number;
  /** Bytes, of the URLs whose size is known. */
  readonly total_size: number;
  readonly sizes_known: boolean;
  readonly shards: number;
}

/** Every good URL is downloaded once at each resolved POP of its distribution. Rows are `[url, bytes]`. */
export async function computeTotals(
  rows: AsyncIterable<readonly string[]>,
  distributions: readonly Distribution[],
  targets: readonly RequestPopItem[],
): Promise<Totals> {
  const popsOf = new Map<string, number>();
  for (const { label, state } of targets) {
    if (state !== "FAILED") popsOf.set(label, (popsOf.get(label) ?? 0) + 1);
  }
  let count = 0;
  let size = 0;
  let sizesKnown = true;
  for await (const [url = "", bytes = ""] of rows) {
    const label = distributionOf(distributions, new URL(url).hostname)?.label ?? "";
    const pops = popsOf.get(label) ?? 0;
    count += pops;
    size += pops * Number(bytes);
    if (bytes === "") sizesKnown = false;
  }
  return { total_count: count, total_size: size, sizes_known: sizesKnown, shards: shardCount(count) };
}
