import type { Logger } from "pino";
import { isLarge } from "../../domain/plan/messages.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import type { Downloader } from "../download/downloader.ts";
import type { Parcel } from "../queue/backlog.ts";
import type { Slots } from "../queue/slots.ts";
import { Cancellation } from "./cancellation.ts";
import { type HoldDeps, holdMessage } from "./hold-message.ts";
import type { Holding, Transfer } from "./holding.ts";
import { NotATaskError } from "./not-a-task.ts";
import type { ResultWriter } from "./result-writer.ts";
import { StoppingError } from "./stopping.ts";

/** A message, as this process counts it. */
export interface Here {
  readonly holding: Holding;
  readonly parcel: Pick<Parcel, "leave">;
}

export interface DownloadDeps extends HoldDeps {
  readonly results: Pick<ResultWriter, "write">;
  /** For small files and for large ones. */
  readonly slots: Readonly<Record<"small" | "large", Pick<Slots, "take" | "release">>>;
  readonly downloader: Pick<Downloader, "download">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/**
 * Finishes every URL of a message, also when another one fails. The message is held until then: so no other agent gets
 * it while a part of it is still downloaded here.
 * @param left the URLs; each one that is done is removed
 * @param here told of each that begins, of each that is done, and of the bytes that come
 * @throws the error that decides what becomes of the message, if a URL could not be finished
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
  const ends = await Promise.allSettled(
    byUrl(message.urls).map(async (variants) => {
      // What the edge kept first may stand in for the next one, so each waits for the one before.
      for (const url of variants) await downloadUrl(deps, message, url, left, here, cancellation, stopping);
    }),
  );
  // The hold ends before the message is given back: a later extension would hide it from the other agents.
  letGo();
  const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  if (errors.length > 0) throw errors.toSorted((a, b) => weight(a) - weight(b))[0];
}

/** The variants of each URL, which stand one behind the other. */
function byUrl(urls: readonly TaskUrl[]): TaskUrl[][] {
  const groups: TaskUrl[][] = [];
  for (const url of urls) {
    const group = groups.at(-1);
    if (group?.[0]?.url === url.url) group.push(url);
    else groups.push([url]);
  }
  return groups;
}

/** Of several errors, the one with the least weight decides: one that may pass goes before one that never will. */
function weight(error: unknown): number {
  if (error instanceof NotATaskError) return 2;
  return error instanceof StoppingError ? 1 : 0;
}

async function downloadUrl(
  deps: DownloadDeps,
  message: TaskMessage,
  url: TaskUrl,
  left: Set<TaskUrl>,
  here: Here,
  cancellation: Cancellation,
  stopping: AbortSignal,
): Promise<void> {
  const { req_id: reqId, pop } = message;
  const slots = isLarge(url) ? deps.slots.large : deps.slots.small;
  const begins = await slots.take(reqId, pop, here.parcel);
  here.parcel.leave(url, begins);
  // Withdrawn: it goes to another agent.
  if (!begins) throw new StoppingError();
  const transfer = here.holding.begin();
  try {
    await downloadAndWrite(deps, message, url, transfer, cancellation, stopping);
    left.delete(url);
    here.holding.end();
  } finally {
    transfer.clear();
    slots.release(reqId, pop);
  }
}

/** Downloads a URL and writes its result. If the request has ended, nothing is written, and the task counts as done. */
async function downloadAndWrite(
  deps: DownloadDeps,
  message: TaskMessage,
  url: TaskUrl,
  transfer: Transfer,
  cancellation: Cancellation,
  stopping: AbortSignal,
): Promise<void> {
  if (cancellation.cancelled) return;
  if (stopping.aborted) throw new StoppingError();
  if (!(await deps.requests.isActive(message.req_id))) return;
  const result = await deps.downloader.download(message, url, cancellation, transfer).catch((error: unknown) => {
    throw stopping.aborted ? new StoppingError() : error;
  });
  if (cancellation.cancelled) return;
  // A download that the stop cut off says nothing about the POP.
  if (stopping.aborted && !result.ok) throw new StoppingError();
  await deps.results.write(result);
  if (result.ok) return;
  const { reason, error } = result;
  deps.logger.info({ req_id: message.req_id, pop: message.pop, url: url.url, reason, error }, "task failed");
}
