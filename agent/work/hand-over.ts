import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskLane } from "../../aws/task-lane.ts";
import { type Ended, handOver } from "../../domain/plan/hand-over.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { expiresAt } from "../../domain/request/timestamps.ts";
import { Cancellation } from "./cancellation.ts";
import { type HoldDeps, holdMessage } from "./hold-message.ts";
import { isWanted } from "./is-wanted.ts";

export interface HandOverDeps extends Omit<HoldDeps, "logger"> {
  readonly queue: HoldDeps["queue"] & Pick<TaskLane, "send">;
  readonly stored: Pick<RequestTaskTable, "putIfAbsent">;
}

/**
 * Queues what waits for a lead, or writes the results of what nobody need try. Call it before the lead's message is deleted:
 * if it fails, or the agent vanishes, the message comes again, and so does this. Nothing is handed over of a request
 * that has ended.
 * @param ended those of its URLs whose results stand
 * @param again whether this may have been done before
 * @throws what SQS or DynamoDB throw
 */
export async function handOn(
  deps: HandOverDeps & Pick<HoldDeps, "logger">,
  lead: TaskMessage,
  ended: readonly Ended[],
  again: boolean,
  receipt: string,
): Promise<void> {
  if (lead.followers === undefined || ended.length === 0 || !(await isWanted(deps.requests, lead.req_id))) return;
  const { messages, decided } = handOver(lead, ended, again, expiresAt(new Date()));
  const letGo = holdMessage(deps, receipt, lead.req_id, new Cancellation());
  try {
    if (decided.length > 0) await deps.stored.putIfAbsent(decided);
    if (messages.length > 0) await deps.queue.send(messages);
  } finally {
    letGo();
  }
}
