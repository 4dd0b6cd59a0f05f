import { setTimeout as sleep } from "node:timers/promises";
import { type Distribution, distributionOf } from "../../contracts/distribution.ts";
import { listKeys } from "../../contracts/list-keys.ts";
import type { RequestItem } from "../../contracts/request-item.ts";
import type { TaskDeps } from "./deps.ts";

/**
 * Paths that a distribution may have in progress, which makes the size of a batch:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-invalidations
 */
const BATCH = 3_000;
const POLL_MS = 1_000;

interface Batch {
  readonly distributionId: string;
  readonly paths: readonly string[];
}

/**
 * Invalidates a request's URLs batch after batch and waits for each, so that what is warmed is the new object. Batches
 * that are done are counted in the item: when the function's time runs out, the count's change wakes the next run.
 * @returns whether all of it is done
 */
export async function invalidateAll(
  deps: Pick<TaskDeps, "distributions" | "lists" | "requests">,
  item: RequestItem,
  distributions: readonly Distribution[],
  hasTime: () => boolean,
): Promise<boolean> {
  const batches = await batchesOf(deps.lists.read(listKeys.successUrls(item.req_id)), distributions);
  for (let i = item.invalidated_batches; i < batches.length; i++) {
    const batch = batches[i];
    if (batch === undefined) break;
    const id = await deps.distributions.invalidate(batch.distributionId, `${item.req_id}-${i}`, batch.paths);
    while (!(await deps.distributions.isInvalidated(batch.distributionId, id))) {
      if (!hasTime()) {
        await deps.requests.amend(item.req_id, "CHECK_POP", { invalidated_batches: i });
        return false;
      }
      await sleep(POLL_MS);
    }
    if (!(await deps.requests.amend(item.req_id, "CHECK_POP", { invalidated_batches: i + 1 }))) return false;
  }
  return true;
}

async function batchesOf(
  rows: AsyncIterable<readonly string[]>,
  distributions: readonly Distribution[],
): Promise<Batch[]> {
  const paths = new Map<string, Set<string>>();
  for await (const [text = ""] of rows) {
    const url = new URL(text);
    const id = distributionOf(distributions, url.hostname)?.id;
    if (id === undefined) continue;
    const known = paths.get(id) ?? new Set();
    // The query is part of what is cached, and so of the path. http and https are one object.
    known.add(literalPath(url));
    paths.set(id, known);
  }
  return [...paths].flatMap(([distributionId, set]) => {
    const all = [...set].sort();
    return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) => ({
      distributionId,
      paths: all.slice(i * BATCH, (i + 1) * BATCH),
    }));
  });
}

/** A trailing `*` is a wildcard to CloudFront: as part of an object's name it is percent-encoded. */
function literalPath(url: URL): string {
  return (url.pathname + url.search).replaceAll("*", "%2A");
}
