import { endedOf, type FinishedUrl, resultKeys } from "../../domain/plan/followers.ts";
import type { ReceivedMessage } from "../../domain/plan/ports.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import { parseTaskMessage, type TaskMessage } from "../../domain/plan/task-message.ts";
import { downloadMessage } from "../admit/download-message.ts";
import type { CarriedProgress } from "../admit/message-job.ts";
import { StoppingError } from "../admit/task-run.ts";
import { Cancellation } from "../fetch/http/http-client.ts";
import { NotATaskError } from "../fetch/request-headers.ts";
import { FollowerPromoter } from "../report/promote-followers.ts";
import { Deferrals, type MessageDeps, returnToQueue } from "./return-to-queue.ts";

/**
 * Processes one message: every URL is downloaded and its result written, the followers are queued, and only then is the message
 * deleted. If something fails, what is left of the message goes to another agent, so nothing is lost.
 * @throws what SQS throws if the message cannot be deleted or returned, and what keeps its followers from being queued; it is then
 * delivered again after its visibility timeout
 */
export async function processMessage(
  deps: MessageDeps,
  message: ReceivedMessage,
  stopping: AbortSignal,
): Promise<void> {
  const parsed = parseTaskMessage(message.body);
  if ("reason" in parsed) {
    deps.logger.warn(
      { message_id: message.id, reason: parsed.reason },
      "Invalid task message; moving it to the dead-letter queue",
    );
    await deps.deadLetters.send(message.body, parsed.reason);
  } else if (!(await processTasks(deps, message, parsed.content, stopping))) return;
  await deps.queue.delete(message.receipt);
}

/** @returns whether the message may be deleted */
async function processTasks(
  deps: MessageDeps,
  message: ReceivedMessage,
  content: TaskMessage,
  stopping: AbortSignal,
): Promise<boolean> {
  // Another agent received it and did not delete it, or its sender may have sent it twice.
  const again = content.again === true || message.deliveries > 1;
  const ended = again ? await existingResults(deps, content) : [];
  const done = new Set(ended.map(({ url }) => url));
  const urls = content.urls.filter((url) => !done.has(url));
  const promoter = content.followers && new FollowerPromoter(deps, content, ended, again);
  try {
    const rest = { ...content, urls, ...(again ? { again } : {}) };
    if (urls.length > 0 && !(await downloadTasks(deps, message, rest, { promoter, stopping }))) return false;
    if (promoter !== undefined)
      await withExtendedVisibility(deps, message, content, new Cancellation(), () => promoter.finish());
    return true;
  } finally {
    promoter?.stop();
  }
}

/** The results that stand of a message that is delivered again: they are not downloaded again. */
async function existingResults({ store, logger }: MessageDeps, content: TaskMessage): Promise<readonly FinishedUrl[]> {
  try {
    return endedOf(content, await store.findExisting(resultKeys(content)));
  } catch (error) {
    // To download twice costs less than to return the message: each delivery counts.
    logger.warn({ err: error, req_id: content.req_id }, "Cannot read existing results; reprocessing the whole message");
    return [];
  }
}

/** @param content with the URLs that have no result @returns whether the message may be deleted */
async function downloadTasks(
  deps: MessageDeps,
  message: ReceivedMessage,
  content: TaskMessage,
  { promoter, stopping }: { readonly promoter: FollowerPromoter | undefined; readonly stopping: AbortSignal },
): Promise<boolean> {
  const left = new Set(content.urls);
  const held = deps.heartbeats.add(content.req_id, left.size);
  const prefetched = deps.prefetcher.add(content);
  const cancellation = new Cancellation();
  const carried = new Map<TaskUrl, CarriedProgress>();
  const deferrals = new Deferrals(deps, content, promoter, carried, (urls) => {
    for (const url of urls) left.delete(url);
    held.releaseTasks(urls.length);
  });
  const isRedelivered = message.deliveries > 1;
  const job = {
    message: content,
    isRedelivered,
    left,
    carried,
    held,
    prefetched,
    deferrals,
    promoter,
    cancellation,
    stopping,
  };
  try {
    // The extensions end before the message is returned: a later one would hide it from the other agents.
    const errors = await withExtendedVisibility(deps, message, content, cancellation, async () => {
      const failed = await downloadMessage(deps, job);
      await deferrals.end().catch((error: unknown) => failed.push(error));
      return failed;
    });
    if (errors.length === 0) return true;
    const [worst] = errors.toSorted((a, b) => errorRank(a) - errorRank(b));
    return await returnToQueue(deps, message, { ...content, urls: [...left] }, worst, job);
  } finally {
    prefetched.end();
    held.releaseTasks(left.size);
  }
}

/** Of several errors, the one with the lowest rank decides: a temporary error comes before a permanent one. */
function errorRank(error: unknown): number {
  if (error instanceof NotATaskError) return 2;
  return error instanceof StoppingError ? 1 : 0;
}

/**
 * Hides a message from other agents while it is processed: extends its visibility timeout in time. Each time it asks whether the
 * request is active, and cancels the downloads if not.
 */
async function withExtendedVisibility<T>(
  deps: MessageDeps,
  { receipt }: ReceivedMessage,
  { req_id: reqId }: TaskMessage,
  cancellation: Cancellation,
  process: () => Promise<T>,
): Promise<T> {
  // Three times within the timeout: one extension may be lost.
  const intervalMs = (deps.visibilitySeconds * 1_000) / 3;
  const timer = setInterval(() => {
    void deps.isActive(reqId).then((isActive) => isActive || cancellation.cancel());
    deps.queue.setVisibilityTimeout(receipt, deps.visibilitySeconds).catch((error: unknown) => {
      deps.logger.warn({ err: error, req_id: reqId }, "Extending the visibility timeout failed");
    });
  }, intervalMs);
  try {
    return await process();
  } finally {
    clearInterval(timer);
  }
}
