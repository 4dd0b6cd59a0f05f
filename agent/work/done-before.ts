import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import { taskKey } from "../../domain/plan/task-key.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";

export interface DoneBeforeDeps {
  readonly stored: Pick<RequestTaskTable, "standing">;
  readonly logger: Pick<Logger, "info" | "warn">;
}

/** Whether a message was delivered before. */
export function isAgain({ Attributes }: Message): boolean {
  return Number(Attributes?.ApproximateReceiveCount ?? 1) > 1;
}

/**
 * What of a message is still to be done: the message itself, or one with fewer URLs, perhaps none. One that {@link isAgain comes again} was
 * held by an agent that went silent: its results up to then stand, and are not downloaded again.
 */
export async function stillToDo(deps: DoneBeforeDeps, content: TaskMessage): Promise<TaskMessage> {
  const { req_id, pop, shards, urls } = content;
  const keys = urls.map(({ url, variant }) => taskKey(req_id, { pop, url, variant }, shards));
  try {
    const standing = await deps.stored.standing(keys);
    return { ...content, urls: urls.filter((_, i) => !standing.has(keys[i]?.pop_url ?? "")) };
  } catch (error) {
    // To download twice costs less than to give it back: each delivery counts.
    deps.logger.warn({ err: error, req_id }, "nobody can say what of a message is done, all of it is done again");
    return content;
  }
}
