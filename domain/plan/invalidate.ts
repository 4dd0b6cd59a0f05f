import { distributionOf, invalidatedId } from "../request/distributions.ts";
import {
  BATCH_PATHS,
  type CreateInvalidationResult,
  coverOf,
  entriesOf,
  type InvalidationBatch,
  inBatches,
  invalidatingFields,
  invalidationPath,
  mayStart,
  type PathsAndTags,
} from "../request/invalidation.ts";
import type { RequestItem } from "../request/request-item.ts";
import { parseTimestamp } from "../timestamps.ts";
import { LISTS, type ListStore } from "./lists.ts";
import type { TaskUrl } from "./task.ts";

/** CloudFront, which invalidates. `aws/distributions.ts` implements it. */
export interface InvalidationClient {
  /** Starts one, of a distribution or of a distribution tenant. The same `reference` with the same paths is the same invalidation. */
  invalidate(distributionId: string, reference: string, paths: readonly string[]): Promise<CreateInvalidationResult>;
  /** Whether it is known to be complete. */
  isInvalidated(distributionId: string, id: string): Promise<boolean>;
}

export interface InvalidationDeps {
  readonly lists: Pick<ListStore, "read">;
  readonly distributions: InvalidationClient;
  readonly requests: {
    end(reqId: string, event: "FAIL" | "TIME_OUT", fields: { readonly reason: string }): Promise<unknown>;
    /** @returns false: the request is not in one of the statuses any more */
    updateAndTouch(
      reqId: string,
      statuses: ["CHECK_POP"],
      fields: Pick<RequestItem, "invalidated_batches">,
    ): Promise<boolean>;
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const POLL_MS = 1_000;
/** Poll interval while other invalidations of the distribution use up CloudFront's limit; CloudFront has no event for their end. */
const BUSY_POLL_MS = 5_000;
/** Longest wait of one run. The next run continues after the requests that follow in the stream. */
const MAX_WAIT_MS = 60_000;

/** Why nothing of a request can be invalidated; undefined: it has nothing to invalidate, or its distributions are all of this account. */
export function foreignProblem(item: RequestItem): string | undefined {
  const foreign = item.distributions.filter(({ id }) => id === undefined).map(({ label }) => label);
  const fields = invalidatingFields(item);
  if (fields === "" || foreign.length === 0) return undefined;
  return `${fields}: no distribution of this account has the domain name ${foreign.join(", ")}, so nothing could be invalidated`;
}

/**
 * Invalidates a request's URLs, and the paths and tags that it names, as many batches at once as the quota allows, and waits for all, so that what is warmed is the new object.
 * Batches that are done are counted in the item: a run begins with the first one of each distribution that is not. When a run has waited long
 * enough, the item's change wakes the next one. A distribution that takes no more holds up none of the others.
 * Ends the request, with a reason, if it times out first or CloudFront rejects a path.
 * @returns whether all of it is done
 */
export async function invalidateAll(
  deps: InvalidationDeps,
  item: RequestItem,
  hasTime: () => boolean,
): Promise<boolean> {
  const reqId = item.req_id;
  const endAs = async (event: "FAIL" | "TIME_OUT", why: string) => {
    await deps.requests.end(reqId, event, { reason: `${invalidatingFields(item)}: ${why}; nothing was warmed` });
    return false;
  };
  const paths = await pathsOf(deps.lists.read(LISTS.goodUrls, reqId), item);
  if ("problem" in paths) return endAs("FAIL", paths.problem);
  const done = { ...item.invalidated_batches };
  const doneOf = ({ distributionId }: InvalidationBatch) => done[distributionId] ?? 0;
  const timeoutAt = parseTimestamp(item.timeout_at);
  const waitUntil = deps.now() + MAX_WAIT_MS;
  let waiting = numbered(inBatches(paths.byDistribution)).filter((batch) => batch.place >= doneOf(batch));
  let inProgress: ((typeof waiting)[number] & { readonly id: string })[] = [];
  const save = () => deps.requests.updateAndTouch(reqId, ["CHECK_POP"], { invalidated_batches: { ...done } });
  /** By distribution: until when it is not asked again, and what it said. */
  const busy = new Map<string, { readonly untilMs: number; readonly why: string }>();
  while (waiting.length + inProgress.length > 0) {
    const postponed: typeof waiting = [];
    for (const batch of waiting) {
      const { distributionId, index } = batch;
      const isBusy = deps.now() < (busy.get(distributionId)?.untilMs ?? 0);
      if (isBusy || isBehind(batch, postponed) || !mayStart(batch, inProgress)) {
        postponed.push(batch);
        continue;
      }
      // What an earlier run had in progress is taken up again: the same reference is the same invalidation.
      const reference = `${reqId}-${BATCH_PATHS}-${index}`;
      const answer = await deps.distributions.invalidate(distributionId, reference, batch.paths);
      if ("refused" in answer) return endAs("FAIL", refusal(batch, answer.refused));
      if ("id" in answer) inProgress.push({ ...batch, id: answer.id });
      else {
        busy.set(distributionId, { untilMs: deps.now() + BUSY_POLL_MS, why: answer.busy });
        postponed.push(batch);
      }
    }
    waiting = postponed;
    const incomplete: typeof inProgress = [];
    for (const batch of inProgress)
      if (isBehind(batch, incomplete) || !(await deps.distributions.isInvalidated(batch.distributionId, batch.id)))
        incomplete.push(batch);
      else done[batch.distributionId] = batch.place + 1;
    const hasProgress = incomplete.length < inProgress.length;
    inProgress = incomplete;
    if (hasProgress) {
      if (!(await save())) return false;
      continue;
    }
    const [oldest] = inProgress;
    const pauseMs = oldest === undefined ? BUSY_POLL_MS : POLL_MS;
    // A moment early rather than late: the timer would end it without saying why.
    if (deps.now() + pauseMs >= timeoutAt) {
      const busyId = waiting[0]?.distributionId ?? "";
      return endAs(
        "TIME_OUT",
        oldest === undefined
          ? `CloudFront accepted no more invalidations of the distribution ${busyId} until the request timed out (${busy.get(busyId)?.why})`
          : `the distribution ${oldest.distributionId} had not completed the invalidation ${oldest.id} before the request timed out`,
      );
    }
    if (!hasTime() || deps.now() >= waitUntil) {
      await save();
      return false;
    }
    await deps.sleep(pauseMs);
  }
  return true;
}

/** `index`: among all, which names it to CloudFront; `place`: among those of its distribution. */
function numbered(batches: readonly InvalidationBatch[]) {
  const places = new Map<string, number>();
  return batches.map((batch, index) => {
    const place = places.get(batch.distributionId) ?? 0;
    places.set(batch.distributionId, place + 1);
    return { ...batch, index, place };
  });
}

/** Whether another batch of its distribution comes before it. */
function isBehind({ distributionId }: InvalidationBatch, others: readonly InvalidationBatch[]): boolean {
  return others.some((other) => other.distributionId === distributionId);
}

/**
 * What is invalidated by distribution: what the request names in each of them, and the paths of its URLs that nothing of this covers.
 * Or why the first URL that CloudFront would refuse cannot be invalidated.
 */
async function pathsOf(
  urls: AsyncIterable<TaskUrl>,
  { distributions, need_invalidate, invalidate = NOTHING_NAMED }: RequestItem,
): Promise<{ readonly problem: string } | { readonly byDistribution: ReadonlyMap<string, ReadonlySet<string>> }> {
  const byDistribution = new Map<string, Set<string>>();
  const named = entriesOf(invalidate);
  const ids = named.length === 0 ? [] : distributions.map(invalidatedId);
  for (const id of ids) if (id !== undefined) byDistribution.set(id, new Set(named));
  if (!need_invalidate) return { byDistribution };
  const isCovered = coverOf(invalidate.paths);
  for await (const { url: text } of urls) {
    const url = new URL(text);
    const distribution = distributionOf(distributions, url.hostname);
    const id = distribution && invalidatedId(distribution);
    if (id === undefined || isCovered(url)) continue;
    const answer = invalidationPath(url);
    if ("problem" in answer) return { problem: `'${text}' ${answer.problem}` };
    const known = byDistribution.get(id) ?? new Set();
    byDistribution.set(id, known.add(answer.path));
  }
  return { byDistribution };
}

const NOTHING_NAMED: PathsAndTags = { paths: [], tags: [] };

/** CloudFront does not say which path it refused. */
function refusal({ distributionId, paths }: InvalidationBatch, why: string): string {
  const which = paths.length === 1 ? `'${paths[0]?.slice(0, 300)}'` : `one of ${paths.length} paths`;
  return `CloudFront refused to invalidate ${which} in the distribution ${distributionId}: ${why}`;
}
