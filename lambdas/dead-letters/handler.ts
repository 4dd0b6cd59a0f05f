import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { RequestReader } from "../../aws/request-reader.ts";
import type { OnUnreadable } from "../../domain/telemetry/unreadable.ts";
import { type HandOnDeps, handOn } from "./hand-on.ts";
import { lostResults, parseLetter } from "./lost-results.ts";

/** A dead letter, as Lambda hands it over. */
const letterSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  messageAttributes: z.object({ reason: z.object({ stringValue: z.string() }).optional() }).catch({}),
});
type Letter = z.infer<typeof letterSchema>;
const eventSchema = z.object({ Records: z.array(letterSchema) });

export interface DeadLettersDeps extends HandOnDeps {
  readonly requests: Pick<RequestReader, "standing">;
  /** For what is no task. */
  readonly unreadableLetters: Pick<DeadLetterQueue, "bury">;
  readonly onUnreadable: OnUnreadable;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Writes failed results for tasks whose messages nobody could finish, where none stands: so the request ends, and its
 * report says why. What waited for them is queued. A letter that comes twice finds its results standing. A later success
 * replaces them.
 */
export function createHandler(deps: DeadLettersDeps) {
  return async (event: unknown): Promise<void> => {
    for (const letter of eventSchema.parse(event).Records) await open(deps, letter);
  };
}

async function open(deps: DeadLettersDeps, { messageId, body, messageAttributes }: Letter): Promise<void> {
  const reason = messageAttributes.reason?.stringValue;
  const parsed = parseLetter(body);
  if (!parsed.success) {
    const problem = [...(reason === undefined ? [] : [reason]), z.prettifyError(parsed.error)].join("; ");
    deps.onUnreadable({ kind: "task message", key: messageId, problem });
    await deps.unreadableLetters.bury(body, problem);
    return;
  }
  const message = parsed.data;
  const item = await deps.requests.standing(message.req_id);
  // Of a request that has ended, the report says what has no result.
  if (item === undefined) return;
  const results = lostResults(message, reason, item.expire_at);
  await deps.results.putIfAbsent(results);
  await handOn(deps, message, item);
  deps.logger.warn("Tasks were given up: nobody could finish their message", {
    ...{ req_id: message.req_id, tasks: results.length },
    ...(reason === undefined ? {} : { reason }),
  });
}
