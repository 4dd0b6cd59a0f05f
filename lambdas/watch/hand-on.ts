import type { RequestTaskTable } from "../../aws/request-task-table.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import { endedOf, resultKeys } from "../../domain/plan/ended.ts";
import { handOver } from "../../domain/plan/hand-over.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { Standing } from "../../domain/request/request-item.ts";

export interface HandOnDeps {
  readonly results: Pick<RequestTaskTable, "standing" | "putIfAbsent">;
  readonly queue: Pick<TaskQueue, "send">;
}

/**
 * Queues what waits for a lead that is dead, by the results that stand of it. A letter may come twice, so what is queued says
 * that it may have been queued before.
 */
export async function handOn(deps: HandOnDeps, lead: TaskMessage, { lane, expire_at }: Standing): Promise<void> {
  if (lead.followers === undefined) return;
  const ended = endedOf(lead, await deps.results.standing(resultKeys(lead)));
  const { messages, decided } = handOver(lead, ended, true, expire_at);
  await deps.results.putIfAbsent(decided);
  await deps.queue.send(messages, lane);
}
