import type { Logger } from "@aws-lambda-powertools/logger";
import type { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import type { EventBus } from "../../aws/event-bus.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import { endedEvent } from "../../domain/request/ended-event.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { isTerminal } from "../../domain/request/status.ts";
import { errorFields } from "../../domain/telemetry/log-fields.ts";

export interface AnnounceDeps {
  readonly requests: Pick<RequestTable, "get" | "noteAnnounced">;
  readonly events: Pick<EventBus, "put">;
  readonly deadLetters: Pick<DeadLetterQueue, "bury">;
  /** Base of the API, with a slash at its end. */
  readonly apiUrl: string;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Says on the event bus that a request has ended, once its summary can be read. It is noted in the item, so that it is said once;
 * a death between the two says it twice. What EventBridge will not have goes to the dead letters, and holds up nothing.
 */
export async function announce(deps: AnnounceDeps, reqId: string): Promise<void> {
  // Read again: the counts have just been written.
  const item = await deps.requests.get(reqId);
  if (item === undefined || item.announced === true || !hasEnded(item)) return;
  const event = endedEvent(item, deps.apiUrl);
  try {
    await deps.events.put(event);
  } catch (error) {
    deps.logger.warn("EventBridge did not take the end of a request", { req_id: reqId, error: errorFields(error) });
    const why = error instanceof Error ? error.message : String(error);
    const failure = await deps.deadLetters.bury(JSON.stringify(event), `EventBridge did not take it: ${why}`);
    if (failure !== undefined) throw failure;
  }
  await deps.requests.noteAnnounced(reqId);
}

function hasEnded(
  item: RequestItem,
): item is RequestItem & { readonly status: ReturnType<typeof endedEvent>["status"] } {
  return isTerminal(item.status);
}
