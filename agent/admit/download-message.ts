import type { Logger } from "pino";
import { grouped } from "../../domain/grouped.ts";
import { type AcquireOptions, DeferredError, type Permit } from "../../domain/origin/origin-limiter.ts";
import type { HostLimiter, OriginLimiters } from "../../domain/origin/origin-limiter-registry.ts";
import type { LeadResult } from "../../domain/plan/followers.ts";
import { formKey, type TaskUrl } from "../../domain/plan/task.ts";
import { isLarge, type TaskMessage } from "../../domain/plan/task-message.ts";
import { isLimited } from "../../domain/request/options.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { Downloader, Permits } from "../fetch/downloader.ts";
import { Cancellation } from "../fetch/http/cancellation.ts";
import { NotATaskError, StoppingError } from "../fetch/task-errors.ts";
import { type HoldDeps, holdMessage } from "../receive/hold-message.ts";
import type { Parcel } from "../receive/prefetcher.ts";
import { type DeferralDeps, Deferrals } from "../receive/return-to-queue.ts";
import type { Holding, Transfer } from "../report/heartbeats.ts";
import type { HandingOver } from "../report/promote-followers.ts";
import type { ResultWriter } from "../report/result-writer.ts";
import type { Slots } from "./concurrency-limiter.ts";
import type { Follower, FollowerGate } from "./follower-gate.ts";

/** A message, as this process counts it. */
export interface Here {
  readonly holding: Holding;
  readonly parcel: Pick<Parcel, "leave">;
}

export interface DownloadDeps extends HoldDeps, DeferralDeps {
  readonly queue: HoldDeps["queue"] & DeferralDeps["queue"];
  readonly results: Pick<ResultWriter, "write">;
  /** For small files and for large ones. */
  readonly slots: Readonly<Record<"small" | "large", Pick<Slots, "take" | "release">>>;
  readonly downloader: Pick<Downloader, "download">;
  /** Of a message with followers. */
  readonly lead?: Pick<HandingOver, "onDownloaded" | "withdraw">;
  /** The limits of origins. @default there are none */
  readonly origins?: Pick<OriginLimiters, "prepare" | "limiterFor">;
  /** Which followers need permits. @default none does */
  readonly followers?: Pick<FollowerGate, "enter" | "isMisplaced">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** A message under way. */
interface Job {
  readonly message: TaskMessage;
  /** Its URLs that have no result. */
  readonly left: Set<TaskUrl>;
  readonly here: Here;
  readonly deferrals: Deferrals;
  readonly cancellation: Cancellation;
  readonly stopping: AbortSignal;
}

/** One URL of a message, until it has a slot. */
interface WaitingTask {
  readonly url: TaskUrl;
  readonly follower: Follower | undefined;
  /** It waits in the backlog no longer. @param begins whether it will start here */
  readonly leave: (begins: boolean) => void;
}

/** The same, from then on. */
interface Task extends Pick<WaitingTask, "url" | "follower"> {
  /** Whether its download may reach the origin: that of a follower should not. */
  readonly mayReachOrigin: boolean;
  /** Cancelled if the request ends, or this process loses its permits. */
  readonly cancellation: Cancellation;
}

/** A process that has lost its permits has no heartbeat: it needs some time until it has one again. */
const LEASE_LOST_DELAY_MS = 10_000;

/**
 * Finishes every URL of a message, also when another one fails. The message is held until then: so no other agent gets
 * it while a part of it is still downloaded here. What is deferred is in the queue again, and left no more.
 */
export async function downloadUrls(
  deps: DownloadDeps,
  message: TaskMessage,
  left: Set<TaskUrl>,
  here: Here,
  receipt: string,
  stopping: AbortSignal,
): Promise<void> {
  const cancellation = new Cancellation();
  const letGo = holdMessage(deps, receipt, message.req_id, cancellation);
  const deferrals = new Deferrals(deps, message, (urls) => {
    for (const url of urls) left.delete(url);
    here.holding.drop(urls.length);
  });
  const job: Job = { message, left, here, deferrals, cancellation, stopping };
  await deps.origins?.prepare(message);
  const ends = await Promise.allSettled(
    [...grouped(message.urls, ({ url }) => url).values()].map((variants) => downloadVariants(deps, job, variants)),
  );
  const deferred = await Promise.allSettled([deferrals.end()]);
  // The hold ends before the message is given back: a later extension would hide it from the other agents.
  letGo();
  const errors = [...ends, ...deferred].flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  if (errors.length > 0) throw errors.toSorted((a, b) => weight(a) - weight(b))[0];
}

/** What the edge kept first may stand in for the next one, so each waits for the one before, and is deferred with it. */
async function downloadVariants(deps: DownloadDeps, job: Job, variants: readonly TaskUrl[]): Promise<void> {
  let ended = 0;
  try {
    for (const url of variants) {
      await downloadUrl(deps, job, url);
      ended++;
    }
  } catch (error) {
    if (!(error instanceof DeferredError)) throw error;
    for (const next of variants.slice(ended + 1)) job.here.parcel.leave(next, false);
    job.deferrals.add(variants.slice(ended), error);
  }
}

/** Of several errors, the one with the least weight decides: one that may pass goes before one that never will. */
function weight(error: unknown): number {
  if (error instanceof NotATaskError) return 2;
  return error instanceof StoppingError ? 1 : 0;
}

async function downloadUrl(deps: DownloadDeps, job: Job, url: TaskUrl): Promise<void> {
  const { message, here } = job;
  const { req_id: reqId, pop, follows, led_by: lead } = message;
  let hasLeft = false;
  const leave = (begins: boolean) => {
    if (!hasLeft) here.parcel.leave(url, begins);
    hasLeft = true;
  };
  if (follows !== true || lead === undefined || deps.followers === undefined)
    return downloadTask(deps, job, { url, leave, follower: undefined });
  // Without limits, it waits for nobody.
  const runsAlone = isLimited(message.origin);
  if (runsAlone) leave(true);
  const follower = await deps.followers.enter({ reqId, pop, lead, url: formKey(url) }, runsAlone);
  try {
    await downloadTask(deps, job, { url, leave, follower });
    follower.leave();
  } catch (error) {
    // Those that wait for it return to the queue, too. They have not been attempted.
    follower.leave(error instanceof DeferredError ? new DeferredError(error.delayMs) : undefined);
    throw error;
  }
}

async function downloadTask(deps: DownloadDeps, job: Job, { url, leave, follower }: WaitingTask): Promise<void> {
  const { message, here, cancellation } = job;
  const { req_id: reqId, pop } = message;
  const mayReachOrigin = message.follows !== true || follower?.needsPermit === true;
  const task: Task = { url, follower, mayReachOrigin, cancellation: new Cancellation() };
  const cut = () => task.cancellation.cancel();
  const limiterOf = () => (mayReachOrigin ? deps.origins?.limiterFor(message) : undefined);
  const permit = new HeldPermit(limiterOf, cancellation, cut);
  cancellation.add(cut);
  try {
    const slots = slotsFor(deps, url);
    for (;;) {
      if (permit.isNeeded) {
        // It waits for its permit without a slot, so it keeps no other request's messages out.
        leave(true);
        await permit.acquire({ isDeferrable: true });
      }
      const begins = await slots.take(reqId, pop, here.parcel);
      leave(begins);
      // Withdrawn: it goes to another agent.
      if (!begins) throw new StoppingError();
      // While it waited for its slot, the origin may have refused others.
      if (permit.isHeld || !permit.isNeeded) break;
      slots.release(reqId, pop);
    }
    await downloadInSlot(deps, job, task, permit);
    finish(job, url);
  } catch (error) {
    if (!cancellation.cancelled) throw error;
    finish(job, url);
  } finally {
    cancellation.delete(cut);
    permit.release();
  }
}

async function downloadInSlot(deps: DownloadDeps, job: Job, task: Task, permit: HeldPermit): Promise<void> {
  const { message, here } = job;
  const slot = new HeldSlot(deps, task.url, message);
  const transfer = here.holding.begin();
  try {
    await downloadAndWrite(deps, job, task, transfer, permitsOf(message, slot, permit));
  } finally {
    transfer.clear();
    permit.release();
    slot.release();
  }
}

/** The slot of a task, which it has already. A check takes a small one: it reads little, and must not wait for whole large objects. */
class HeldSlot {
  private readonly forDownload: Pick<Slots, "take" | "release">;
  private held: Pick<Slots, "take" | "release"> | undefined;

  constructor(
    private readonly deps: DownloadDeps,
    url: TaskUrl,
    private readonly message: TaskMessage,
  ) {
    this.forDownload = slotsFor(deps, url);
    this.held = this.forDownload;
  }

  get isForDownload(): boolean {
    return this.held === this.forDownload;
  }

  release(): void {
    this.held?.release(this.message.req_id, this.message.pop);
    this.held = undefined;
  }

  async take(request: "check" | "download"): Promise<void> {
    const slots = request === "check" ? this.deps.slots.small : this.forDownload;
    await slots.take(this.message.req_id, this.message.pop);
    this.held = slots;
  }
}

/** A slot, and a permit for the origin. A check takes a permit as well: where the object is not kept, it reaches the origin. */
function permitsOf({ origin }: TaskMessage, slot: HeldSlot, permit: HeldPermit): Permits {
  const leave = () => {
    permit.release();
    slot.release();
  };
  const waitWithout: Permits["waitWithout"] = async (wait) => {
    leave();
    await wait();
    if (origin?.concurrency !== undefined) await permit.acquire({ isContinuation: true, needsSlot: false });
    await slot.take("check");
  };
  const regain = async () => {
    if (!permit.isNeeded && slot.isForDownload) return;
    leave();
    await permit.acquire({ isContinuation: true });
    await slot.take("download");
  };
  return { waitWithout, regain, beforeSend: () => (permit.isHeld ? permit.slot() : undefined) };
}

function finish({ left, here }: Job, url: TaskUrl): void {
  left.delete(url);
  here.holding.end();
}

function slotsFor({ slots }: DownloadDeps, url: TaskUrl): Pick<Slots, "take" | "release"> {
  return isLarge(url) ? slots.large : slots.small;
}

/** Downloads a URL and writes its result. If the request has ended, nothing is written, and the task counts as done. */
async function downloadAndWrite(
  deps: DownloadDeps,
  { message, cancellation, stopping }: Job,
  { url, follower, mayReachOrigin, cancellation: cut }: Task,
  transfer: Transfer,
  permits: Permits,
): Promise<void> {
  if (cancellation.cancelled) return;
  if (stopping.aborted) throw new StoppingError();
  if (!(await deps.requests.isActive(message.req_id))) return;
  const onDownloaded = (shown: LeadResult) => deps.lead?.onDownloaded(url, shown);
  const onServed = follower?.served;
  const hooks = { transfer, permits, onDownloaded, onServed, mayReachOrigin };
  const result = await deps.downloader.download(message, url, cut, hooks).catch((error: unknown) => {
    throw stopping.aborted && !(error instanceof DeferredError) ? new StoppingError() : error;
  });
  if (cancellation.cancelled) return;
  // Other processes may use the permit that it had.
  if (cut.cancelled && !result.ok) throw new DeferredError(LEASE_LOST_DELAY_MS);
  // A download that the stop cut off says nothing about the POP.
  if (stopping.aborted && !result.ok) throw new StoppingError();
  await deps.results.write(isRecMiss(deps, message, result) ? result : { ...result, rec_miss: undefined });
  if (result.ok) return transfer.finish(result.bytes);
  const { reason, error } = result;
  deps.logger.info({ req_id: message.req_id, pop: message.pop, url: url.url, reason, error }, "task failed");
}

/** Whether a follower that its lead's REC has not served is the one of both whose REC the catalogue has wrong. */
function isRecMiss({ followers }: DownloadDeps, message: TaskMessage, { rec_miss }: TaskResult): boolean {
  const { req_id: reqId, pop, led_by: lead, only_follower: isOnly } = message;
  if (rec_miss !== true || followers === undefined || lead === undefined || isOnly === true) return rec_miss === true;
  return followers.isMisplaced({ reqId, pop, lead });
}

/** The permit of one task for its origin, which it may release and acquire again. */
export class HeldPermit {
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
