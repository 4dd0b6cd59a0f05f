import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { TaskLane } from "../../aws/task-lane.ts";
import { messageBody, type TaskMessage } from "../../domain/plan/task-message.ts";
import type { ActiveRequests } from "./active-requests.ts";
import type { HandingOver } from "./hand-over.ts";
import { isWanted } from "./is-wanted.ts";
import { NotATaskError } from "./not-a-task.ts";
import { StoppingError } from "./stopping.ts";

/**
 * How long a message that was given back stays hidden. AWS or the network may fail for a while, and each delivery
 * counts.
 */
const RETRY_SECONDS = 20;

export interface GiveBackDeps {
  readonly queue: Pick<TaskLane, "hold" | "send">;
  readonly deadLetters: Pick<DeadLetterQueue, "bury">;
  readonly requests: Pick<ActiveRequests, "isActive">;
  /** Of a message with followers. */
  readonly lead?: Pick<HandingOver, "withdraw">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/**
 * Gives back what is left of a message that could not be finished.
 * @param rest its tasks that have no result
 * @param error why it could not be finished
 * @returns DONE: the message itself may be deleted. HELD: it must not be; it becomes visible again later
 */
export async function giveBack(
  deps: GiveBackDeps,
  message: Message,
  rest: TaskMessage,
  error: unknown,
): Promise<"DONE" | "HELD"> {
  if (error instanceof NotATaskError) {
    deps.logger.warn({ message_id: message.MessageId, reason: error.message }, "a part of a message is no task");
    const failure = await deps.deadLetters.bury(messageBody(rest), error.message);
    if (failure !== undefined) throw failure;
    return "DONE";
  }
  if (error instanceof StoppingError) {
    // It is sent as a new message, because each delivery of the old one counts: in a shrinking fleet, one stopping
    // agent after the other would pass it on until it goes to the dead letters. It is not sent for a request that has
    // ended: if the request's instances were stopped with it, no agent might be left to drop the message.
    const rests = (await deps.lead?.withdraw(rest)) ?? [rest];
    if (await isWanted(deps.requests, rest.req_id)) await deps.queue.send(rests);
    return "DONE";
  }
  deps.logger.warn({ err: error, req_id: rest.req_id }, "message is given back");
  await deps.queue.hold(message.ReceiptHandle ?? "", RETRY_SECONDS);
  return "HELD";
}
