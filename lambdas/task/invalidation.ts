import type { Distributions } from "../../aws/distributions.ts";
import type { Lists } from "../../aws/lists.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import { type Distribution, distributionOf } from "../../domain/request/distribution.ts";
import { LISTS } from "../../domain/request/lists.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/request/timestamps.ts";

/**
 * A third of the paths that a distribution may have in progress: what others invalidate meanwhile leaves room for it.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-invalidations
 */
const BATCH = 1_000;
const POLL_MS = 1_000;
/** Others of the distribution have as many paths in progress as CloudFront allows; nobody tells when they are done. */
const BUSY_POLL_MS = 5_000;
/** A run waits no longer: the next one goes on, after the requests that stand behind this one in the stream. */
const PATIENCE_MS = 60_000;

interface Batch {
  readonly distributionId: string;
  readonly paths: readonly string[];
}

export interface InvalidationDeps {
  readonly distributions: Pick<Distributions, "invalidate" | "isInvalidated">;
  readonly lists: Pick<Lists, "read">;
  readonly requests: Pick<RequestTable, "amend" | "end">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Invalidates a request's URLs batch after batch and waits for each, so that what is warmed is the new object. Batches
 * that are done are counted in the item: when a run has waited long enough, the item's change wakes the next run. When
 * the request's own time is over before, it ends here, with the reason.
 * @returns whether all of it is done
 */
export async function invalidateAll(
  deps: InvalidationDeps,
  item: RequestItem,
  distributions: readonly Distribution[],
  hasTime: () => boolean,
): Promise<boolean> {
  const batches = await batchesOf(deps.lists.read(LISTS.goodUrls, item.req_id), distributions);
  const patienceEnds = deps.now() + PATIENCE_MS;
  const mayWait = () => hasTime() && deps.now() < patienceEnds;
  for (let i = item.invalidated_batches; i < batches.length; i++) {
    const batch = batches[i];
    if (batch === undefined) break;
    if (!(await invalidateBatch(deps, item, batch, i, mayWait))) return false;
    if (!(await deps.requests.amend(item.req_id, "CHECK_POP", { invalidated_batches: i + 1 }))) return false;
  }
  return true;
}

/** @returns whether it is complete; if not, the item says how it goes on */
async function invalidateBatch(
  deps: InvalidationDeps,
  item: RequestItem,
  { distributionId, paths }: Batch,
  i: number,
  mayWait: () => boolean,
): Promise<boolean> {
  const timeoutAt = parseTimestamp(item.timeout_at).getTime();
  let id: string | undefined;
  for (;;) {
    id ??= await deps.distributions.invalidate(distributionId, `${item.req_id}-${i}`, paths);
    if (id !== undefined && (await deps.distributions.isInvalidated(distributionId, id))) return true;
    const pauseMs = id === undefined ? BUSY_POLL_MS : POLL_MS;
    // A moment early rather than late: the timer would end it without saying why.
    if (deps.now() + pauseMs >= timeoutAt) {
      await deps.requests.end(item.req_id, "TIMEOUT", { reason: lateReason(distributionId, id) });
      return false;
    }
    if (!mayWait()) {
      await deps.requests.amend(item.req_id, "CHECK_POP", { invalidated_batches: i });
      return false;
    }
    await deps.sleep(pauseMs);
  }
}

function lateReason(distributionId: string, id: string | undefined): string {
  const why =
    id === undefined
      ? "had as many invalidations of others in progress as CloudFront allows, until the time was over"
      : `had not completed the invalidation ${id} when the time was over`;
  return `need_invalidate: the distribution ${distributionId} ${why}; nothing was warmed`;
}

async function batchesOf(urls: AsyncIterable<TaskUrl>, distributions: readonly Distribution[]): Promise<Batch[]> {
  const paths = new Map<string, Set<string>>();
  for await (const { url: text } of urls) {
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
