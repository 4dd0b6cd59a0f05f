import type { Message } from "@aws-sdk/client-sqs";
import type { TaskQueue } from "../../aws/task-queue.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";
import { type DownloadDeps, downloadUrls } from "./download-urls.ts";
import { type GiveBackDeps, giveBack } from "./give-back.ts";
import { parseMessage } from "./parse-message.ts";

export interface WorkDeps extends DownloadDeps, GiveBackDeps {
  readonly queue: DownloadDeps["queue"] & GiveBackDeps["queue"] & Pick<TaskQueue, "delete">;
}

/**
 * Works through one message: every URL is downloaded and its result written, and only then is the message deleted. If
 * something fails, what is left of the message goes to another agent, so nothing is lost.
 * @throws what SQS throws if the message cannot be deleted or given back; it then comes back by its visibility timeout
 */
export async function work(deps: WorkDeps, message: Message, stopping: AbortSignal): Promise<void> {
  const receipt = message.ReceiptHandle ?? "";
  const body = message.Body ?? "";
  const parsed = parseMessage(body);
  if ("reason" in parsed) {
    deps.logger.warn({ message_id: message.MessageId, reason: parsed.reason }, "message is not a task");
    await deps.deadLetters.bury(body, parsed.reason);
    await deps.queue.delete(receipt);
    return;
  }
  const { content } = parsed;
  const left = new Set<TaskUrl>(content.urls);
  try {
    await downloadUrls(deps, content, left, receipt, stopping);
  } catch (error) {
    const rest = { ...content, urls: [...left] };
    if ((await giveBack(deps, message, rest, error)) === "HELD") return;
  }
  await deps.queue.delete(receipt);
}
