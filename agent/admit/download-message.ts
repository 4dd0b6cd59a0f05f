import { grouped } from "../../domain/collections.ts";
import type { Log } from "../../domain/log-fields.ts";
import { type AcquireOptions, DeferredError, type Permit } from "../../domain/origin/origin-limiter.ts";
import type { HostLimiter, OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import type { LeadResult } from "../../domain/plan/followers.ts";
import { type TaskUrl, urlVariantKey } from "../../domain/plan/task.ts";
import { isLarge, type TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited } from "../../domain/request/options.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Download, DownloadHooks, ServedBy } from "../fetch/downloader.ts";
import { Cancellation } from "../fetch/http/http-client.ts";
import type { HeldTasks, Transfer } from "../report/heartbeats.ts";
import type { FollowerPromoter } from "../report/promote-followers.ts";
import type { BySize, Throughput } from "../report/throughput.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import type { AdmittedFollower, FollowerGate } from "./follower-gate.ts";

export interface DownloadDeps {
  readonly download: Download;
  readonly write: (result: TaskResult) => Promise<void>;
  /** Whether a request is active. Never rejects. */
  readonly isActive: (reqId: string) => Promise<boolean>;
  readonly limiters: BySize<ConcurrencyLimiter>;
  readonly throughput: BySize<Throughput>;
  readonly origins: OriginLimiterRegistry;
  readonly followers: FollowerGate;
  readonly logger: Log;
}

/** A message in progress. */
export interface MessageJob {
  readonly message: TaskMessage;
  /** Its URLs that have no result. */
  readonly left: Set<TaskUrl>;
  readonly held: HeldTasks;
  /** The key under which its URLs wait for slots. */
  readonly prefetched: { onDequeued(url: TaskUrl, starts: boolean): void };
  /** Returns URLs to the queue: one that was deferred, and the variants that wait for it. */
  readonly deferrals: { add(urls: readonly TaskUrl[], error: DeferredError): void };
  /** Of a lead. */
  readonly promoter: FollowerPromoter | undefined;
  /** Cancelled when the request has ended. */
  readonly cancellation: Cancellation;
  readonly stopping: AbortSignal;
}

/** The agent is stopping, or another one shall have the task: tasks that have not started return to the queue. */
export class StoppingError extends Error {
  override readonly name = "StoppingError";
}

/** A process that has lost its permits has no heartbeat: it needs some time until it has one again. */
const LEASE_LOST_DELAY_MS = 10_000;

/** Finishes every URL of a message, also when another one fails. @returns the errors of those that failed */
export async function downloadMessage(deps: DownloadDeps, job: MessageJob): Promise<unknown[]> {
  await deps.origins.prepare(job.message);
  const variants = [...grouped(job.message.urls, ({ url }) => url).values()];
  const ends = await Promise.allSettled(variants.map((urls) => downloadVariants(deps, job, urls)));
  return ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
}

/** A cache may respond with one variant to the request for another one, so each waits for the one before, and is deferred with it. */
async function downloadVariants(deps: DownloadDeps, job: MessageJob, variants: readonly TaskUrl[]): Promise<void> {
  for (const [i, url] of variants.entries()) {
    try {
      await downloadUrl(deps, job, url);
    } catch (error) {
      if (!(error instanceof DeferredError)) throw error;
      for (const next of variants.slice(i + 1)) job.prefetched.onDequeued(next, false);
      job.deferrals.add(variants.slice(i), error);
      return;
    }
  }
}

async function downloadUrl(deps: DownloadDeps, job: MessageJob, url: TaskUrl): Promise<void> {
  const follower = await enterGate(deps, job, url);
  try {
    await new AdmittedTask(deps, job, url, follower).run();
    follower?.leave();
  } catch (error) {
    // Those that wait for it return to the queue, too. They have not been attempted.
    follower?.leave(error instanceof DeferredError ? new DeferredError(error.delayMs) : undefined);
    throw error;
  }
}

/** Waits until a follower may start. @returns undefined for a task that follows no lead */
async function enterGate(
  { followers }: DownloadDeps,
  job: MessageJob,
  url: TaskUrl,
): Promise<AdmittedFollower | undefined> {
  const { req_id: reqId, pop, follows, led_by: lead, origin } = job.message;
  if (follows !== true || lead === undefined) return undefined;
  // Without limits, it waits for no other follower.
  const isOriginLimited = isLimited(origin);
  if (isOriginLimited) job.prefetched.onDequeued(url, true);
  return followers.enter({ reqId, pop, lead, url: urlVariantKey(url) }, isOriginLimited);
}

/** One task: it waits for its permit and its slot, holds both while it downloads, and releases them in the end. */
class AdmittedTask implements DownloadHooks {
  readonly cancellation = new Cancellation();
  readonly transfer: Transfer;
  readonly throughput: Throughput;
  readonly mayReachOrigin: boolean;
  private readonly limiter: ConcurrencyLimiter;
  private slot: ConcurrencyLimiter | undefined;
  private permit: Permit | undefined;
  private readonly cut = () => this.cancellation.cancel();

  constructor(
    private readonly deps: DownloadDeps,
    private readonly job: MessageJob,
    private readonly url: TaskUrl,
    private readonly follower: AdmittedFollower | undefined,
  ) {
    this.transfer = job.held.startTransfer();
    this.mayReachOrigin = job.message.follows !== true || follower?.needsPermit === true;
    const size = isLarge(url) ? "large" : "small";
    this.limiter = deps.limiters[size];
    this.throughput = deps.throughput[size];
  }

  async run(): Promise<void> {
    const { cancellation, left, held } = this.job;
    cancellation.add(this.cut);
    try {
      await this.admit();
      await this.downloadAndWrite();
    } catch (error) {
      if (!cancellation.cancelled) throw error;
    } finally {
      cancellation.delete(this.cut);
      this.transfer.clear();
      this.releasePermit();
      this.releaseSlot();
    }
    left.delete(this.url);
    held.finishTask();
  }

  async waitWithoutSlotAndPermit(wait: () => Promise<unknown>): Promise<void> {
    this.releasePermit();
    this.releaseSlot();
    await wait();
    // Where the object is not kept, a check reaches the origin.
    if (this.job.message.origin?.concurrency !== undefined)
      await this.acquirePermit({ isContinuation: true, needsSendSlot: false });
    // A check reads little, and must not wait for whole large objects.
    await this.acquireSlot(this.deps.limiters.small);
  }

  async reacquire(): Promise<void> {
    if (this.originLimiter() === undefined && this.slot === this.limiter) return;
    this.releaseSlot();
    await this.acquirePermit({ isContinuation: true });
    await this.acquireSlot(this.limiter);
  }

  beforeSend(): Promise<unknown> | undefined {
    return this.permit?.waitForSendSlot(this.job.cancellation.signal);
  }

  onDownloaded(shown: LeadResult): void {
    this.job.promoter?.onDownloaded(this.url, shown);
  }

  onServed(by: ServedBy | undefined): void {
    this.follower?.served(by);
  }

  private async admit(): Promise<void> {
    const { prefetched } = this.job;
    // While it waits for its slot, the origin may start to throttle.
    do {
      this.releaseSlot();
      if (this.originLimiter() !== undefined) {
        // It waits for its permit without a slot, so it keeps no other request's messages out.
        prefetched.onDequeued(this.url, true);
        await this.acquirePermit({ isDeferrable: true });
      }
      const starts = await this.acquireSlot(this.limiter, prefetched);
      prefetched.onDequeued(this.url, starts);
      // Withdrawn: it goes to another agent.
      if (!starts) throw new StoppingError();
    } while (this.permit === undefined && this.originLimiter() !== undefined);
  }

  /** Downloads the URL and writes its result. If the request has ended, nothing is written, and the task counts as done. */
  private async downloadAndWrite(): Promise<void> {
    const { deps, url } = this;
    const { message, cancellation, stopping, promoter } = this.job;
    if (cancellation.cancelled) return;
    if (stopping.aborted) throw new StoppingError();
    if (!(await deps.isActive(message.req_id))) return;
    const result = await deps.download(message, url, this);
    if (cancellation.cancelled) return;
    // Other processes may use the permit that it had.
    if (this.cancellation.cancelled && !result.ok) throw new DeferredError(LEASE_LOST_DELAY_MS);
    // A download that the stop cut off shows nothing of the POP.
    if (stopping.aborted && !result.ok) throw new StoppingError();
    const isWrong = result.rec_miss === true && !isMisplacedFollower(deps, message);
    const checked = isWrong ? { ...result, rec_miss: undefined } : result;
    await deps.write(checked);
    promoter?.onResult(url, checked);
    if (result.ok) return this.transfer.finish(result.bytes);
    const { reason, error } = result;
    deps.logger.info({ req_id: message.req_id, pop: message.pop, url: url.url, reason, error }, "Task failed");
  }

  /** @returns undefined: nothing limits its requests now */
  private originLimiter(): HostLimiter | undefined {
    return this.mayReachOrigin ? this.deps.origins.limiterFor(this.job.message) : undefined;
  }

  /** Waits for a permit if its requests need any. @throws DeferredError; what cancelled it; what the limiter was closed with */
  private async acquirePermit(options: Omit<AcquireOptions, "rate" | "signal">): Promise<void> {
    this.releasePermit();
    this.permit = await this.originLimiter()?.acquire({ ...options, signal: this.job.cancellation.signal });
    // It is lost with the lease of this process.
    this.permit?.lost.addEventListener("abort", this.cut);
  }

  private releasePermit(): void {
    this.permit?.lost.removeEventListener("abort", this.cut);
    this.permit?.release();
    this.permit = undefined;
  }

  /** @param message may withdraw it while it waits @returns false if it was withdrawn */
  private async acquireSlot(limiter: ConcurrencyLimiter, message?: object): Promise<boolean> {
    const { req_id: reqId, pop } = this.job.message;
    const acquired = await limiter.acquire(reqId, pop, message);
    if (acquired) this.slot = limiter;
    return acquired;
  }

  private releaseSlot(): void {
    this.slot?.release(this.job.message.req_id, this.job.message.pop);
    this.slot = undefined;
  }
}

/**
 * Whether the catalogue has the wrong REC for a follower that its lead's REC has not served; true also if nothing can show which of the two
 * is wrong.
 */
function isMisplacedFollower({ followers }: DownloadDeps, message: TaskMessage): boolean {
  const { req_id: reqId, pop, led_by: lead, only_follower: isOnly } = message;
  return lead === undefined || isOnly === true || followers.isMisplaced({ reqId, pop, lead });
}
