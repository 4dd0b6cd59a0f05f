import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import type { DeadLetter, DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { RequestReader } from "../../aws/request-reader.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { errorFields } from "../../domain/telemetry/log-fields.ts";
import type { OnUnreadable } from "../../domain/telemetry/unreadable.ts";
import { type HandOnDeps, handOn } from "./hand-on.ts";
import { lostResults, parseLetter } from "./lost-results.ts";

/** No messages are received when the run has less time left, in milliseconds: ten of a hundred tasks each take some seconds. */
const MIN_LEFT_MS = 60_000;

export interface DeadLettersDeps extends HandOnDeps {
  readonly requests: Pick<RequestReader, "standing">;
  /** The messages of tasks that no agent finished. */
  readonly deadLetters: Pick<DeadLetterQueue, "receive" | "delete">;
  /** For what is no task. */
  readonly unreadableLetters: Pick<DeadLetterQueue, "bury">;
  readonly onUnreadable: OnUnreadable;
  readonly logger: Pick<Logger, "warn">;
}

/** Dead letters could not be worked on: SQS delivers them again. */
export class DeadLettersError extends AggregateError {
  override readonly name = "DeadLettersError";
  constructor(errors: readonly unknown[]) {
    super(errors, `${errors.length} dead letters could not be worked on; SQS delivers them again`);
  }
}

/**
 * Reads the dead-letter queue until it is empty or the run's time is nearly up. Each message is deleted once what follows from it
 * stands; one that fails holds up no other and comes again after the queue's visibility timeout.
 * @param left milliseconds that this run may still take
 * @throws DeadLettersError once the others are done
 */
export async function readDeadLetters(deps: DeadLettersDeps, left: () => number): Promise<void> {
  const errors: unknown[] = [];
  while (left() >= MIN_LEFT_MS) {
    const messages = await deps.deadLetters.receive();
    if (messages.length === 0) break;
    const processMessage = async (message: DeadLetter) => {
      try {
        await resolve(deps, message);
        await deps.deadLetters.delete(message);
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
  if (errors.length > 0) throw new DeadLettersError(errors);
}

/**
 * Writes failed results for tasks whose messages nobody could finish, where none stands: so the request ends, and its
 * report says why. What waited for them is queued. A message that comes twice finds its results standing. A later success
 * replaces them.
 */
async function resolve(deps: DeadLettersDeps, message: DeadLetter): Promise<void> {
  const parsed = parseLetter(message.body);
  if (!parsed.success) return setAside(deps, message, z.prettifyError(parsed.error));
  try {
    await failTasks(deps, parsed.data, message.reason);
  } catch (error) {
    // Its keys are none that a table or a queue takes, so each later try would fail as this one.
    if (!(error instanceof Error && error.name === "ValidationException")) throw error;
    await setAside(deps, message, error.message);
  }
}

/** @throws what keeps SQS from taking it: the message stays where it is, and comes again */
async function setAside(deps: DeadLettersDeps, { id, body, reason }: DeadLetter, why: string): Promise<void> {
  const problem = [...(reason === undefined ? [] : [reason]), why].join("; ");
  deps.onUnreadable({ kind: "task message", key: id, problem });
  const error = await deps.unreadableLetters.bury(body, problem);
  if (error !== undefined) throw error;
}

async function failTasks(deps: DeadLettersDeps, message: TaskMessage, reason: string | undefined): Promise<void> {
  const item = await deps.requests.standing(message.req_id);
  // Of a request that has ended, the report says what has no result.
  if (item === undefined) return;
  const results = lostResults(message, reason, item.expire_at);
  await deps.results.putIfAbsent(results);
  await handOn(deps, message, item);
  deps.logger.warn("Message failed permanently; its tasks are recorded as lost", {
    req_id: message.req_id,
    tasks: results.length,
    ...(reason === undefined ? {} : { reason }),
  });
}
