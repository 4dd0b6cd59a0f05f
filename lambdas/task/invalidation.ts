import { LISTS } from "../../domain/plan/lists.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import { type Distribution, distributionOf } from "../../domain/request/distributions.ts";
import {
  BATCH_PATHS,
  type InvalidationBatch,
  inBatches,
  invalidationPath,
  mayStart,
  suspects,
} from "../../domain/request/invalidation.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import type { TaskDeps } from "./deps.ts";

const POLL_MS = 1_000;
/** Others of the distribution have as many paths in progress as CloudFront allows; nobody tells when they are done. */
const BUSY_POLL_MS = 5_000;
/** A run waits no longer: the next one goes on, after the requests that stand behind this one in the stream. */
const PATIENCE_MS = 60_000;

/**
 * Invalidates a request's URLs, several batches at once, and waits for all, so that what is warmed is the new object.
 * Batches that are done are counted in the item: when a run has waited long enough, the item's change wakes the next run.
 * The request ends here, with the reason, when its own time is over before, and when CloudFront will not have a path.
 * @returns whether all of it is done
 */
export async function invalidateAll(deps: TaskDeps, item: RequestItem, hasTime: () => boolean): Promise<boolean> {
  try {
    const paths = await pathsOf(deps.lists.read(LISTS.goodUrls, item.req_id), item.distributions);
    const run = new InvalidationRun(deps, item.req_id, inBatches(paths), item.invalidated_batches);
    return await complete(deps, item, run, hasTime);
  } catch (error) {
    if (!(error instanceof InvalidationRefusedError)) throw error;
    // Another try would be refused like this one.
    await deps.requests.end(item.req_id, "FAIL", { reason: reasonOf(error.message) });
    return false;
  }
}

/** @returns whether it is complete; if not, the item says how it goes on */
async function complete(
  deps: TaskDeps,
  item: RequestItem,
  run: InvalidationRun,
  hasTime: () => boolean,
): Promise<boolean> {
  const timeoutAt = parseTimestamp(item.timeout_at).getTime();
  const patienceEnds = deps.now() + PATIENCE_MS;
  let busyUntil = 0;
  const save = () => deps.requests.amend(item.req_id, ["CHECK_POP"], { invalidated_batches: run.done });
  while (!run.isComplete) {
    if (deps.now() >= busyUntil && !(await run.startMore())) busyUntil = deps.now() + BUSY_POLL_MS;
    if (await run.finishSome()) {
      if (!(await save())) return false;
      continue;
    }
    const pauseMs = run.waitsFor === undefined ? BUSY_POLL_MS : POLL_MS;
    // A moment early rather than late: the timer would end it without saying why.
    if (deps.now() + pauseMs >= timeoutAt) {
      await deps.requests.end(item.req_id, "TIME_OUT", { reason: reasonOf(lateness(run)) });
      return false;
    }
    if (!hasTime() || deps.now() >= patienceEnds) {
      await save();
      return false;
    }
    await deps.sleep(pauseMs);
  }
  return true;
}

function lateness({ waitsFor }: InvalidationRun): string {
  return waitsFor === undefined
    ? "the distribution had as many invalidations of others in progress as CloudFront allows, until the time was over"
    : `the distribution ${waitsFor.distributionId} had not completed the invalidation ${waitsFor.id} when the time was over`;
}

function reasonOf(why: string): string {
  return `need_invalidate: ${why}; nothing was warmed`;
}

/** Paths by distribution. @throws InvalidationRefusedError for the first URL that CloudFront would refuse */
async function pathsOf(urls: AsyncIterable<TaskUrl>, distributions: readonly Distribution[]) {
  const paths = new Map<string, Set<string>>();
  for await (const { url: text } of urls) {
    const url = new URL(text);
    const id = distributionOf(distributions, url.hostname)?.id;
    if (id === undefined) continue;
    const answer = invalidationPath(url);
    if ("problem" in answer) throw new InvalidationRefusedError(`'${text}' ${answer.problem}`);
    const known = paths.get(id) ?? new Set();
    paths.set(id, known.add(answer.path));
  }
  return paths;
}

const SUSPECTS = 3;

/** CloudFront will not invalidate a URL or a batch, now or later. */
class InvalidationRefusedError extends Error {
  override readonly name = "InvalidationRefusedError";
}

function refused({ distributionId, paths }: InvalidationBatch, why: string): InvalidationRefusedError {
  const named = suspects(paths, SUSPECTS).map((path) => `'${path.slice(0, 300)}'`);
  const of = paths.length > named.length ? `, or another of ${paths.length}` : "";
  return new InvalidationRefusedError(
    `CloudFront refused to invalidate ${named.join(", ")}${of} in the distribution ${distributionId}: ${why}`,
  );
}

interface Started extends InvalidationBatch {
  readonly id: string;
}

/** Batches being invalidated, in their order: those before `done` are complete, as many as the quota allows are in progress. */
export class InvalidationRun {
  private readonly inProgress: Started[] = [];

  /** @param done how many of the batches earlier runs have completed */
  constructor(
    private readonly deps: TaskDeps,
    private readonly reqId: string,
    private readonly batches: readonly InvalidationBatch[],
    public done: number,
  ) {}

  get isComplete(): boolean {
    return this.done >= this.batches.length;
  }

  /** The oldest batch in progress; undefined: there is none. */
  get waitsFor(): Started | undefined {
    return this.inProgress[0];
  }

  /**
   * Starts what the quota has room for. What an earlier run had in progress is taken up again: the same reference is the
   * same invalidation.
   * @returns false when CloudFront takes no more now, for others have too many in progress
   * @throws InvalidationRefusedError
   */
  async startMore(): Promise<boolean> {
    for (;;) {
      const i = this.done + this.inProgress.length;
      const batch = this.batches[i];
      if (batch === undefined || !mayStart(batch, this.inProgress)) return true;
      // With the size: batches of a release that cut them otherwise have references of their own.
      const reference = `${this.reqId}-${BATCH_PATHS}-${i}`;
      const answer = await this.deps.distributions.invalidate(batch.distributionId, reference, batch.paths);
      if ("refused" in answer) throw refused(batch, answer.refused);
      if ("busy" in answer) return false;
      this.inProgress.push({ ...batch, id: answer.id });
    }
  }

  /** Counts batches that are complete, the oldest first. @returns whether there was any */
  async finishSome(): Promise<boolean> {
    const before = this.done;
    for (let oldest = this.waitsFor; oldest !== undefined; oldest = this.waitsFor) {
      if (!(await this.deps.distributions.isInvalidated(oldest.distributionId, oldest.id))) break;
      this.inProgress.shift();
      this.done++;
    }
    return this.done > before;
  }
}
