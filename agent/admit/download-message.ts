import type { Logger } from "pino";
import { grouped } from "../../domain/grouped.ts";
import { type AcquireOptions, DeferredError, type Permit } from "../../domain/origin/origin-limiter.ts";
import type { HostLimiter, OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import type { LeadResult } from "../../domain/plan/followers.ts";
import { formKey, type TaskUrl } from "../../domain/plan/task.ts";
import { isLarge, type TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited } from "../../domain/request/options.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Download, Permits } from "../fetch/downloader.ts";
import { Cancellation } from "../fetch/http/http-client.ts";
import type { HeldTasks, Transfer } from "../report/heartbeats.ts";
import type { BySize } from "../report/throughput.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import type { Follower, FollowerGate } from "./follower-gate.ts";

export interface DownloadDeps {
  readonly download: Download;
  readonly write: (result: TaskResult) => Promise<void>;
  readonly isActive: (reqId: string) => Promise<boolean>;
  readonly limiters: BySize<ConcurrencyLimiter>;
  readonly origins: Pick<OriginLimiterRegistry, "prepare" | "limiterFor">;
  readonly followers: FollowerGate;
  readonly logger: Logger;
}

/** A message in progress, and who is told of its URLs. */
export interface MessageJob {
  readonly message: TaskMessage;
  /** Its URLs that have no result. */
  readonly left: Set<TaskUrl>;
  readonly held: HeldTasks;
  /** Owns the places of its URLs in the queues for slots. */
  readonly prefetched: { onLeave(url: TaskUrl, starts: boolean): void };
  /** Returns URLs to the queue: one that was deferred, and the variants that wait for it. */
  readonly defer: (urls: readonly TaskUrl[], error: DeferredError) => void;
  /** Of a lead: called when a download has ended well, and when its result is stored. */
  readonly lead:
    | { onDownloaded(url: TaskUrl, shown: LeadResult): void; onResult(url: TaskUrl, result: TaskResult): void }
    | undefined;
  /** Cancelled when the request has ended. */
  readonly cancellation: Cancellation;
  readonly stopping: AbortSignal;
}

/** The agent is stopping, or another one shall have the task: tasks that have not started return to the queue. */
export class StoppingError extends Error {
  override readonly name = "StoppingError";
}

/** One URL of a message, once it may start. */
interface StartedTask {
  readonly url: TaskUrl;
  readonly follower: Follower | undefined;
  /** Whether its download may reach the origin: that of a follower should not. */
  readonly mayReachOrigin: boolean;
  /** Cancelled if the request ends, or this process loses its permits. */
  readonly cancellation: Cancellation;
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
  let ended = 0;
  try {
    for (const url of variants) {
      await downloadUrl(deps, job, url);
      ended++;
    }
  } catch (error) {
    if (!(error instanceof DeferredError)) throw error;
    for (const next of variants.slice(ended + 1)) job.prefetched.onLeave(next, false);
    job.defer(variants.slice(ended), error);
  }
}

async function downloadUrl(deps: DownloadDeps, job: MessageJob, url: TaskUrl): Promise<void> {
  const { req_id: reqId, pop, follows, led_by: lead, origin } = job.message;
  let hasLeft = false;
  const onLeave = (starts: boolean) => {
    if (!hasLeft) job.prefetched.onLeave(url, starts);
    hasLeft = true;
  };
  if (follows !== true || lead === undefined) return admitTask(deps, job, { url, onLeave, follower: undefined });
  // Without limits, it waits for no other follower.
  const runsAlone = isLimited(origin);
  if (runsAlone) onLeave(true);
  const follower = await deps.followers.enter({ reqId, pop, lead, url: formKey(url) }, runsAlone);
  try {
    await admitTask(deps, job, { url, onLeave, follower });
    follower.leave();
  } catch (error) {
    // Those that wait for it return to the queue, too. They have not been attempted.
    follower.leave(error instanceof DeferredError ? new DeferredError(error.delayMs) : undefined);
    throw error;
  }
}

interface WaitingTask {
  readonly url: TaskUrl;
  readonly follower: Follower | undefined;
  /** It waits for a slot no longer. @param starts whether it will start here */
  readonly onLeave: (starts: boolean) => void;
}

async function admitTask(deps: DownloadDeps, job: MessageJob, { url, onLeave, follower }: WaitingTask): Promise<void> {
  const { message, prefetched, cancellation, left, held } = job;
  const { req_id: reqId, pop } = message;
  const mayReachOrigin = message.follows !== true || follower?.needsPermit === true;
  const task: StartedTask = { url, follower, mayReachOrigin, cancellation: new Cancellation() };
  const cut = () => task.cancellation.cancel();
  const limiterOf = () => (mayReachOrigin ? deps.origins.limiterFor(message) : undefined);
  const permit = new HeldPermit(limiterOf, cancellation, cut);
  cancellation.add(cut);
  try {
    const limiter = limiterFor(deps, url);
    for (;;) {
      if (permit.isNeeded) {
        // It waits for its permit without a slot, so it keeps no other request's messages out.
        onLeave(true);
        await permit.acquire({ isDeferrable: true });
      }
      const starts = await limiter.acquire(reqId, pop, prefetched);
      onLeave(starts);
      // Withdrawn: it goes to another agent.
      if (!starts) throw new StoppingError();
      // While it waited for its slot, the origin may have started to throttle.
      if (permit.isHeld || !permit.isNeeded) break;
      limiter.release(reqId, pop);
    }
    await downloadInSlot(deps, job, task, permit);
  } catch (error) {
    if (!cancellation.cancelled) throw error;
  } finally {
    cancellation.delete(cut);
    permit.release();
  }
  left.delete(url);
  held.end();
}

async function downloadInSlot(
  deps: DownloadDeps,
  job: MessageJob,
  task: StartedTask,
  permit: HeldPermit,
): Promise<void> {
  const slot = new HeldSlot(deps, task.url, job.message);
  const transfer = job.held.startTransfer();
  try {
    await downloadAndWrite(deps, job, task, { transfer, permits: permitsOf(job.message, slot, permit) });
  } finally {
    transfer.clear();
    permit.release();
    slot.release();
  }
}

/** Downloads a URL and writes its result. If the request has ended, nothing is written, and the task counts as done. */
async function downloadAndWrite(
  deps: DownloadDeps,
  { message, cancellation, stopping, lead }: MessageJob,
  { url, follower, mayReachOrigin, cancellation: cut }: StartedTask,
  { transfer, permits }: { readonly transfer: Transfer; readonly permits: Permits },
): Promise<void> {
  if (cancellation.cancelled) return;
  if (stopping.aborted) throw new StoppingError();
  if (!(await deps.isActive(message.req_id))) return;
  const result = await deps
    .download(message, url, cut, {
      transfer,
      permits,
      mayReachOrigin,
      onDownloaded: (shown) => lead?.onDownloaded(url, shown),
      onServed: follower?.served,
    })
    .catch((error: unknown) => {
      throw stopping.aborted && !(error instanceof DeferredError) ? new StoppingError() : error;
    });
  if (cancellation.cancelled) return;
  // Other processes may use the permit that it had.
  if (cut.cancelled && !result.ok) throw new DeferredError(LEASE_LOST_DELAY_MS);
  // A download that the stop cut off says nothing about the POP.
  if (stopping.aborted && !result.ok) throw new StoppingError();
  const isWrong = result.rec_miss === true && !isRecMiss(deps, message);
  const checked = isWrong ? { ...result, rec_miss: undefined } : result;
  await deps.write(checked);
  lead?.onResult(url, checked);
  if (result.ok) return transfer.finish(result.bytes);
  const { reason, error } = result;
  deps.logger.info({ req_id: message.req_id, pop: message.pop, url: url.url, reason, error }, "Task failed");
}

/** Whether a follower that its lead's REC has not served is the one of both whose REC the catalogue has wrong. */
function isRecMiss({ followers }: DownloadDeps, message: TaskMessage): boolean {
  const { req_id: reqId, pop, led_by: lead, only_follower: isOnly } = message;
  return lead === undefined || isOnly === true || followers.isMisplaced({ reqId, pop, lead });
}

function limiterFor({ limiters }: DownloadDeps, url: TaskUrl): ConcurrencyLimiter {
  return isLarge(url) ? limiters.large : limiters.small;
}

/** A slot, and a permit for the origin. A check takes a permit as well: where the object is not kept, it reaches the origin. */
function permitsOf({ origin }: TaskMessage, slot: HeldSlot, permit: HeldPermit): Permits {
  const leave = () => {
    permit.release();
    slot.release();
  };
  return {
    waitWithout: async (wait) => {
      leave();
      await wait();
      if (origin?.concurrency !== undefined) await permit.acquire({ isContinuation: true, needsSlot: false });
      await slot.acquire("check");
    },
    regain: async () => {
      if (!permit.isNeeded && slot.isForDownload) return;
      leave();
      await permit.acquire({ isContinuation: true });
      await slot.acquire("download");
    },
    beforeSend: () => (permit.isHeld ? permit.slot() : undefined),
  };
}

/** The slot of a task, which it has already. A check takes a small one: it reads little, and must not wait for whole large objects. */
class HeldSlot {
  private readonly forDownload: ConcurrencyLimiter;
  private held: ConcurrencyLimiter | undefined;

  constructor(
    private readonly deps: DownloadDeps,
    url: TaskUrl,
    private readonly message: TaskMessage,
  ) {
    this.forDownload = limiterFor(deps, url);
    this.held = this.forDownload;
  }

  get isForDownload(): boolean {
    return this.held === this.forDownload;
  }

  release(): void {
    this.held?.release(this.message.req_id, this.message.pop);
    this.held = undefined;
  }

  async acquire(request: "check" | "download"): Promise<void> {
    const limiter = request === "check" ? this.deps.limiters.small : this.forDownload;
    await limiter.acquire(this.message.req_id, this.message.pop);
    this.held = limiter;
  }
}

/** The permit of one task for its origin, which it may release and acquire again. */
class HeldPermit {
  private permit: Permit | undefined;

  /**
   * @param limiterOf undefined: nothing limits its requests now
   * @param onLost called if the permit is lost with the lease of this process
   */
  constructor(
    private readonly limiterOf: () => HostLimiter | undefined,
    private readonly cancellation: Cancellation,
    private readonly onLost: () => void,
  ) {}

  get isHeld(): boolean {
    return this.permit !== undefined;
  }

  /** Whether its requests need permits now. */
  get isNeeded(): boolean {
    return this.limiterOf() !== undefined;
  }

  /** Releases the permit, and waits for another one if its requests need any. @throws DeferredError; what cancelled it; what the limiter was closed with */
  async acquire(options: Omit<AcquireOptions, "rate" | "signal">): Promise<void> {
    this.release();
    this.permit = await this.limiterOf()?.acquire({ ...options, signal: this.cancellation.signal });
    this.permit?.lost.addEventListener("abort", this.onLost);
  }

  /** Waits until the request may be sent, if it has a permit: call it when the connection is open. @throws as {@link acquire} */
  async slot(): Promise<void> {
    await this.permit?.slot(this.cancellation.signal);
  }

  release(): void {
    this.permit?.lost.removeEventListener("abort", this.onLost);
    this.permit?.release();
    this.permit = undefined;
  }
}
