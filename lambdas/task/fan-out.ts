import { listKeys } from "../../contracts/list-keys.ts";
import type { RequestItem } from "../../contracts/request-item.ts";
import type { RequestPopItem } from "../../contracts/request-pop-item.ts";
import type { TaskMessage } from "../../contracts/task-message.ts";
import type { TaskDeps } from "./deps.ts";
import { groupTasks, urlsPerMessage } from "./group-tasks.ts";

/**
 * Queues all tasks of one target (READY → SENT); the last one moves the request to IN_PROGRESS. Run again after a crash
 * it queues them again, which costs downloads but counts nothing twice: a task has one result.
 */
export async function fanOut(deps: TaskDeps, reqId: string, targetKey: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  const target = await deps.requestPops.get(reqId, targetKey);
  if (item?.active === undefined || target === undefined) return;
  if (target.state === "READY") {
    await deps.queue.send(messagesOf(deps, item, target));
    await deps.requestPops.markSent(reqId, targetKey);
  }
  // Looked at even if this target was SENT before: a run may have ended between the two.
  const after = await deps.requests.get(reqId);
  if (after === undefined || after.targets_sent < after.targets_total) return;
  if (!(await deps.requests.advance(reqId, "INSERT_TASK", "IN_PROGRESS"))) return;
  deps.logger.info("All tasks queued", { req_id: reqId, tasks: after.total_count });
}

function messagesOf(
  deps: TaskDeps,
  item: RequestItem,
  { pop, ips, label }: RequestPopItem,
): AsyncGenerator<TaskMessage> {
  return groupTasks(
    deps.lists.read(listKeys.successUrls(item.req_id)),
    { req_id: item.req_id, pop, ips, header: item.header, shards: item.shards, label },
    item.distributions,
    urlsPerMessage(item.total_count, item.instance_count),
  );
}
