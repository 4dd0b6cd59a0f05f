import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import { type Ended, endedOf, resultKeys } from "../../domain/plan/ended.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskUrl } from "../../domain/plan/task-url.ts";

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
