import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskLane } from "../../aws/task-queue.ts";
import { type Ended, endedOf, resultKeys } from "../../domain/plan/followers.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import { type TaskMessage, taskMessageSchema } from "../../domain/plan/task-message.ts";
import { type DownloadDeps, downloadUrls } from "../admit/download-message.ts";
import type { Beats } from "../report/heartbeats.ts";
import { HandingOver, type HandOverDeps } from "../report/promote-followers.ts";
import type { Intake } from "./prefetcher.ts";
import { type GiveBackDeps, giveBack } from "./return-to-queue.ts";

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

/** What a message says, or why it says nothing that an agent can do. The reason quotes nothing of the body: there are headers in it. */
export function parseMessage(body: string): { readonly content: TaskMessage } | { readonly reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's own message would quote the body.
    return { reason: "not JSON" };
  }
  const parsed = taskMessageSchema.safeParse(json);
  if (parsed.success) return { content: parsed.data };
  return { reason: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ") };
}

export interface DoneBeforeDeps {
  readonly stored: Pick<RequestTaskTable, "standing">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** What of a message is still to be done, and how the rest of it ended. */
export interface DoneBefore {
  readonly left: readonly TaskUrl[];
  readonly ended: readonly Ended[];
}

/** Whether some of a message may be done: it was delivered before, or whoever sent it may have sent it twice. */
export function isAgain({ Attributes }: Message, content: Pick<TaskMessage, "again">): boolean {
  return content.again === true || Number(Attributes?.ApproximateReceiveCount ?? 1) > 1;
}

/**
 * Divides a message that {@link isAgain comes again}: an agent that went silent held it, or it is the second of two. The results up to
 * now stand, and are not downloaded again.
 */
export async function doneBefore(deps: DoneBeforeDeps, content: TaskMessage): Promise<DoneBefore> {
  try {
    const ended = endedOf(content, await deps.stored.standing(resultKeys(content)));
    const done = new Set(ended.map(({ url }) => url));
    return { left: content.urls.filter((url) => !done.has(url)), ended };
  } catch (error) {
    // To download twice costs less than to give it back: each delivery counts.
    const said = { err: error, req_id: content.req_id };
    deps.logger.warn(said, "nobody can say what of a message is done, all of it is done again");
    return { left: content.urls, ended: [] };
  }
}
