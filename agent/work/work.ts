import type { Message } from "@aws-sdk/client-sqs";
import type { TaskLane } from "../../aws/task-lane.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import type { Intake } from "../queue/intake.ts";
import type { Beats } from "./beats.ts";
import { type DoneBeforeDeps, doneBefore, isAgain } from "./done-before.ts";
import { type DownloadDeps, downloadUrls } from "./download-urls.ts";
import { type GiveBackDeps, giveBack } from "./give-back.ts";
import { HandingOver, type HandOverDeps } from "./hand-over.ts";
import { parseMessage } from "./parse-message.ts";

export interface WorkDeps extends DownloadDeps, GiveBackDeps, DoneBeforeDeps, HandOverDeps {
  readonly lead?: NonNullable<DownloadDeps["lead"]>;
  readonly beats: Pick<Beats, "take">;
  readonly intake: Pick<Intake, "accept">;
  readonly stored: DoneBeforeDeps["stored"] & HandOverDeps["stored"];
  readonly queue: DownloadDeps["queue"] & GiveBackDeps["queue"] & HandOverDeps["queue"] & Pick<TaskLane, "delete">;
}

/**
 * Works through one message: every URL is downloaded and its result written, what waits for them is handed over, and only
 * then is the message deleted. If something fails, what is left of the message goes to another agent, so nothing is lost.
 * @throws what SQS throws if the message cannot be deleted or given back, and what keeps it from being handed over; it then
 * comes back by its visibility timeout
 */
export async function work(deps: WorkDeps, message: Message, stopping: AbortSignal): Promise<void> {
  const receipt = message.ReceiptHandle ?? "";
  const body = message.Body ?? "";
  const parsed = parseMessage(body);
  if ("reason" in parsed) {
    deps.logger.warn({ message_id: message.MessageId, reason: parsed.reason }, "message is not a task");
    const error = await deps.deadLetters.bury(body, parsed.reason);
    if (error !== undefined) throw error;
    await deps.queue.delete(receipt);
    return;
  }
  const { content } = parsed;
  const again = isAgain(message, content);
  const { left, ended } = again ? await doneBefore(deps, content) : { left: content.urls, ended: [] };
  const rest = { ...content, urls: [...left], ...(again ? { again } : {}) };
  if (content.followers === undefined) {
    if (left.length > 0 && (await workThrough(deps, message, rest, stopping)) === "HELD") return;
  } else {
    const handingOver = new HandingOver(deps, content, ended, again);
    if (left.length > 0 && (await lead(deps, message, rest, handingOver, stopping)) === "HELD") return;
    await handingOver.end(receipt);
  }
  await deps.queue.delete(receipt);
}

/** The same, for a message that others wait for. */
async function lead(
  deps: WorkDeps,
  message: Message,
  content: TaskMessage,
  handingOver: HandingOver,
  stopping: AbortSignal,
): Promise<"DONE" | "HELD"> {
  const end = handingOver.start();
  try {
    return await workThrough({ ...deps, results: handingOver.results, lead: handingOver }, message, content, stopping);
  } finally {
    end();
  }
}

/** Downloads what a message names. @returns DONE: the message may be deleted. HELD: it must not be */
async function workThrough(
  deps: WorkDeps,
  message: Message,
  content: TaskMessage,
  stopping: AbortSignal,
): Promise<"DONE" | "HELD"> {
  const left = new Set<TaskUrl>(content.urls);
  const holding = deps.beats.take(content.req_id, left.size);
  const parcel = deps.intake.accept(content);
  try {
    await downloadUrls(deps, content, left, { holding, parcel }, message.ReceiptHandle ?? "", stopping);
    return "DONE";
  } catch (error) {
    return await giveBack(deps, message, { ...content, urls: [...left] }, error);
  } finally {
    parcel.end();
    holding.drop(left.size);
  }
}
