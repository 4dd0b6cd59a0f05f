import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { OnUnreadable } from "../../domain/telemetry/unreadable.ts";
import { lostResults } from "./lost-results.ts";

/** A dead letter, as Lambda hands it over. */
const letterSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  messageAttributes: z.object({ reason: z.object({ stringValue: z.string() }).optional() }).catch({}),
});
type Letter = z.infer<typeof letterSchema>;
const eventSchema = z.object({ Records: z.array(letterSchema) });

export interface DeadLettersDeps {
  readonly requests: Pick<RequestTable, "standing">;
  readonly results: Pick<RequestTaskTable, "putIfAbsent">;
  /** For what is no task. */
  readonly unreadableLetters: Pick<DeadLetterQueue, "bury">;
  readonly onUnreadable: OnUnreadable;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Writes failed results for tasks whose messages nobody could finish, where none stands: so the request ends, and its
 * report says why. A letter that comes twice finds its results standing. A later success replaces them.
 */
export function createHandler(deps: DeadLettersDeps) {
  return async (event: unknown): Promise<void> => {
    for (const letter of eventSchema.parse(event).Records) await open(deps, letter);
  };
}

async function open(deps: DeadLettersDeps, { messageId, body, messageAttributes }: Letter): Promise<void> {
  const reason = messageAttributes.reason?.stringValue;
  const lost = lostResults(body, reason);
  if ("problem" in lost) {
    const problem = reason === undefined ? lost.problem : `${reason}; ${lost.problem}`;
    deps.onUnreadable({ kind: "task message", key: messageId, problem });
    await deps.unreadableLetters.bury(body, problem);
    return;
  }
  const { reqId, resultsUntil } = lost;
  const item = await deps.requests.standing(reqId);
  // Of a request that has ended, the report says what has no result.
  if (item === undefined) return;
  const results = resultsUntil(item.expire_at);
  await deps.results.putIfAbsent(results);
  deps.logger.warn("Tasks were given up: nobody could finish their message", {
    ...{ req_id: reqId, tasks: results.length },
    ...(reason === undefined ? {} : { reason }),
  });
}
