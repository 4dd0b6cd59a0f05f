import { MAX_RECEIVES } from "../../domain/limits.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { endedOf, promoteFollowers, resultKeys } from "../../domain/plan/followers.ts";
import type { ReceivedMessage } from "../../domain/plan/ports.ts";
import { unfinishedResult } from "../../domain/plan/task.ts";
import { parseTaskMessage, type TaskMessage } from "../../domain/plan/task-message.ts";
import type { ActiveRequest } from "../../domain/request/request-item.ts";
import type { Failure } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { WatchDeps } from "./deps.ts";

/** No messages are received when the run has less time left, in milliseconds: ten of a hundred tasks each take some seconds. */
const MIN_REMAINING_MS = 20_000;
const RECEIVE_SECONDS = 1;

/**
 * Reads the dead-letter queue until it is empty or the run's time is nearly up. Each message is deleted after its results are written and
 * its followers are queued. A failed message does not block the others; SQS redelivers it after the queue's visibility timeout.
 * @param remainingMs milliseconds that this run may still take
 * @throws AggregateError once the others are done
 */
export async function readDeadLetters(deps: WatchDeps, remainingMs: () => number): Promise<void> {
  // An empty receive takes a second, of which an idle stack would pay for one every minute.
  if ((await deps.deadLetters.depth()).available === 0) return;
  const errors: unknown[] = [];
  while (remainingMs() >= MIN_REMAINING_MS) {
    const messages = await deps.deadLetters.receive(RECEIVE_SECONDS);
    if (messages.length === 0) break;
    const processMessage = async (message: ReceivedMessage) => {
      try {
        await resolveDeadLetter(deps, message);
        await deps.deadLetters.delete(message.receipt);
      } catch (error) {
        deps.logger.warn("Processing a dead letter failed; SQS will redeliver it", {
          message_id: message.id,
          error: errorFields(error),
        });
        errors.push(error);
      }
    };
    await Promise.all(messages.map(processMessage));
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `Processing ${errors.length} dead letters failed; SQS will redeliver them`);
}

/**
 * Writes failed results for the tasks of a dead letter that have no result, so that the request ends and its report says why, and queues
 * their followers. A second delivery changes nothing. A later success replaces a failed result.
 */
async function resolveDeadLetter(deps: WatchDeps, message: ReceivedMessage): Promise<void> {
  const parsed = parseTaskMessage(message.body);
  if ("reason" in parsed) return moveToFailedBatches(deps, message, parsed.reason);
  try {
    await failTasks(deps, parsed.content, message.reason);
  } catch (error) {
    // DynamoDB or SQS rejects its keys, so every retry would fail too.
    if (!(error instanceof Error && error.name === "ValidationException")) throw error;
    await moveToFailedBatches(deps, message, error.message);
  }
}

/** @throws the error of SQS: the message then stays in the dead-letter queue */
async function moveToFailedBatches(deps: WatchDeps, { id, body, reason }: ReceivedMessage, why: string): Promise<void> {
  const problem = [...(reason === undefined ? [] : [reason]), why].join("; ");
  deps.onUnparseable({ kind: "task message", key: id, problem });
  await deps.failedBatches.send(body, problem);
}

async function failTasks(deps: WatchDeps, message: TaskMessage, reason: string | undefined): Promise<void> {
  const item = await deps.requests.getActive(message.req_id);
  // The report of an ended request already lists its tasks without a result.
  if (item === undefined) return;
  const results = lostResults(message, reason, item.expire_at);
  await deps.results.putIfAbsent(results);
  await queueFollowers(deps, message, item);
  deps.logger.warn("Message failed permanently; its tasks are recorded as lost", {
    req_id: message.req_id,
    tasks: results.length,
    ...(reason === undefined ? {} : { reason }),
  });
}

/**
 * Queues the followers of a dead lead, by its stored results. A dead letter may be received twice, so the messages are marked `again`.
 */
async function queueFollowers(deps: WatchDeps, lead: TaskMessage, { lane, expire_at }: ActiveRequest): Promise<void> {
  if (lead.followers === undefined) return;
  const ended = endedOf(lead, await deps.results.findExisting(resultKeys(lead)));
  const { messages, skipped } = promoteFollowers(lead, ended, true, expire_at);
  await deps.results.putIfAbsent(skipped);
  await deps.queue.send(messages, lane);
}

/**
 * The failed results of a dead letter's tasks.
 * @param reason what the agent said that put the message aside; undefined: SQS did, after the last delivery
 * @param expireAt of the results, in seconds since the epoch
 */
function lostResults(message: TaskMessage, reason: string | undefined, expireAt: number): TaskResult[] {
  const { req_id, pop, task_pop = pop, shards, urls } = message;
  const failure: Failure = {
    reason: "lost",
    code: "lost",
    detail: reason ?? `its message was received ${MAX_RECEIVES} times and never finished: agents crashed or vanished`,
  };
  return urls.map((url) =>
    unfinishedResult({ req_id, shards, expire_at: expireAt }, { ...url, pop: task_pop }, failure),
  );
}
