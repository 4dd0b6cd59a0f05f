import type { Logger } from "pino";
import { grouped } from "../../domain/plan/grouped.ts";
import { isLarge } from "../../domain/plan/messages.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import type { LeadResult } from "../../domain/plan/verdict.ts";
import type { Downloader, Permits } from "../download/downloader.ts";
import type { Line } from "../origin/line.ts";
import type { Origin } from "../origin/origin.ts";
import { PutOffError } from "../origin/put-off.ts";
import type { Seat } from "../origin/seat.ts";
import type { Parcel } from "../queue/backlog.ts";
import type { Slots } from "../queue/slots.ts";
import { Cancellation } from "./cancellation.ts";
import type { HandingOver } from "./hand-over.ts";
import { type HoldDeps, holdMessage } from "./hold-message.ts";
import type { Holding, Transfer } from "./holding.ts";
import { NotATaskError } from "./not-a-task.ts";
import { type PutOffDeps, PutOffs } from "./put-offs.ts";
import type { ResultWriter } from "./result-writer.ts";
import { StoppingError } from "./stopping.ts";

/** A message, as this process counts it. */
export interface Here {
  readonly holding: Holding;
  readonly parcel: Pick<Parcel, "leave">;
}

export interface DownloadDeps extends HoldDeps, PutOffDeps {
  readonly queue: HoldDeps["queue"] & PutOffDeps["queue"];
  readonly results: Pick<ResultWriter, "write">;
  /** For small files and for large ones. */
  readonly slots: Readonly<Record<"small" | "large", Pick<Slots, "take" | "release">>>;
  readonly downloader: Pick<Downloader, "download">;
  /** Of a message with followers. */
  readonly lead?: Pick<HandingOver, "onDownloaded" | "withdraw">;
  /** Whose turn it is where an origin is not to be asked too much. @default nothing waits for it */
  readonly origin?: Pick<Origin, "lineOf">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** A message under way. */
interface Job {
  readonly message: TaskMessage;
  /** Its URLs that have no result. */
  readonly left: Set<TaskUrl>;
  readonly here: Here;
  readonly putOffs: PutOffs;
  readonly cancellation: Cancellation;
  readonly stopping: AbortSignal;
}

/**
 * Finishes every URL of a message, also when another one fails. The message is held until then: so no other agent gets
 * it while a part of it is still downloaded here. What is put off is in the queue again, and left no more.
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
  const putOffs = new PutOffs(deps, message, (urls) => {
    for (const url of urls) left.delete(url);
    here.holding.drop(urls.length);
  });
  const job: Job = { message, left, here, putOffs, cancellation, stopping };
  const ends = await Promise.allSettled(
    [...grouped(message.urls, ({ url }) => url).values()].map((variants) => downloadVariants(deps, job, variants)),
  );
  const putOff = await Promise.allSettled([putOffs.end()]);
  // The hold ends before the message is given back: a later extension would hide it from the other agents.
  letGo();
  const errors = [...ends, ...putOff].flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  if (errors.length > 0) throw errors.toSorted((a, b) => weight(a) - weight(b))[0];
}

/** What the edge kept first may stand in for the next one, so each waits for the one before, and is put off with it. */
async function downloadVariants(deps: DownloadDeps, job: Job, variants: readonly TaskUrl[]): Promise<void> {
  let ended = 0;
  try {
    for (const url of variants) {
      await downloadUrl(deps, job, url);
      ended++;
    }
  } catch (error) {
    if (!(error instanceof PutOffError)) throw error;
    for (const next of variants.slice(ended + 1)) job.here.parcel.leave(next, false);
    job.putOffs.add(variants.slice(ended), error);
  }
}

/** Of several errors, the one with the least weight decides: one that may pass goes before one that never will. */
function weight(error: unknown): number {
  if (error instanceof NotATaskError) return 2;
  return error instanceof StoppingError ? 1 : 0;
}

async function downloadUrl(deps: DownloadDeps, job: Job, url: TaskUrl): Promise<void> {
  const { message, here } = job;
  const { req_id: reqId, pop } = message;
  const line = deps.origin?.lineOf(message);
  if (line !== undefined) {
    // It waits for no slot, so it keeps no other request's messages out.
    here.parcel.leave(url, true);
    return downloadInTurn(deps, job, url, line);
  }
  const slots = slotsFor(deps, url);
  const begins = await slots.take(reqId, pop, here.parcel);
  here.parcel.leave(url, begins);
  // Withdrawn: it goes to another agent.
  if (!begins) throw new StoppingError();
  // While it waited for its slot, the origin may have refused others.
  const lineNow = deps.origin?.lineOf(message);
  if (lineNow === undefined) return downloadInSlot(deps, job, url);
  slots.release(reqId, pop);
  return downloadInTurn(deps, job, url, lineNow);
}

/** Waits for a turn first, and for a slot then: the turn may be far away. */
async function downloadInTurn(deps: DownloadDeps, job: Job, url: TaskUrl, line: Line): Promise<void> {
  const { message, here, cancellation } = job;
  const seat = await line.turn(cancellation, message);
  if (seat === undefined) return finish(job, url);
  const place = new Place(here.holding, seat);
  try {
    const begins = await slotsFor(deps, url).take(message.req_id, message.pop, here.parcel);
    if (!begins) throw new StoppingError();
    await downloadInSlot(deps, job, url, place, seat.isLate ? line : undefined);
  } finally {
    place.leave();
  }
}

/** The seat of a download at the origin, which it may give back and have again. */
class Place {
  private seat: Seat | undefined;

  constructor(
    private readonly holding: Holding,
    seat?: Seat,
  ) {
    this.sit(seat);
  }

  sit(seat: Seat | undefined): void {
    this.leave();
    this.seat = seat;
    if (seat !== undefined) this.holding.asking++;
  }

  leave(): void {
    if (this.seat === undefined) return;
    this.holding.asking--;
    this.seat.leave();
    this.seat = undefined;
  }
}

/** @param line in which it has lost its turn */
async function downloadInSlot(
  deps: DownloadDeps,
  job: Job,
  url: TaskUrl,
  place = new Place(job.here.holding),
  line?: Line,
): Promise<void> {
  const { message, here, cancellation, stopping } = job;
  const slot = new HeldSlot(deps, url, message);
  const transfer = here.holding.begin();
  try {
    if (line !== undefined) await line.again(cancellation);
    await downloadAndWrite(deps, message, url, transfer, cancellation, stopping, permitsOf(deps, job, slot, place));
    finish(job, url);
  } finally {
    transfer.clear();
    place.leave();
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

/** A slot, and a seat at the origin. A check takes a seat as well: where the object is not kept, it reaches the origin. */
function permitsOf({ origin }: DownloadDeps, { message, cancellation }: Job, slot: HeldSlot, place: Place): Permits {
  const leave = () => {
    place.leave();
    slot.release();
  };
  const waitWithout: Permits["waitWithout"] = async (wait) => {
    leave();
    await wait();
    place.sit(await origin?.lineOf(message)?.seat(cancellation));
    await slot.take("check");
  };
  const regain = async () => {
    const line = origin?.lineOf(message);
    if (line === undefined && slot.isForDownload) return;
    leave();
    place.sit(await line?.returns(cancellation));
    await slot.take("download");
  };
  return { waitWithout, regain };
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
  message: TaskMessage,
  url: TaskUrl,
  transfer: Transfer,
  cancellation: Cancellation,
  stopping: AbortSignal,
  permits: Permits,
): Promise<void> {
  if (cancellation.cancelled) return;
  if (stopping.aborted) throw new StoppingError();
  if (!(await deps.requests.isActive(message.req_id))) return;
  const onDownloaded = (shown: LeadResult) => deps.lead?.onDownloaded(url, shown);
  const asked = deps.downloader.download(message, url, cancellation, { transfer, permits, onDownloaded });
  const result = await asked.catch((error: unknown) => {
    throw stopping.aborted && !(error instanceof PutOffError) ? new StoppingError() : error;
  });
  if (cancellation.cancelled) return;
  // A download that the stop cut off says nothing about the POP.
  if (stopping.aborted && !result.ok) throw new StoppingError();
  await deps.results.write(result);
  if (result.ok) return transfer.finish(result.bytes);
  const { reason, error } = result;
  deps.logger.info({ req_id: message.req_id, pop: message.pop, url: url.url, reason, error }, "task failed");
}
