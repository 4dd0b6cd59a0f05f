import { listKeys } from "../../contracts/list-keys.ts";
import type { TaskDeps } from "./deps.ts";
import { groupTasks, urlsPerMessage } from "./group-tasks.ts";

/**
 * Queues all tasks of one target (READY → SENT); the last one moves the request to IN_PROGRESS. Run again after a crash
 * it queues them again, which costs downloads but counts nothing twice: a task has one result.
 */
export async function fanOut(deps: TaskDeps, reqId: string, targetKey: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  const target = await deps.requestPops.get(reqId, targetKey);
  if (item?.active === undefined || target?.state !== "READY") return;
  const { pop, ips, label } = target;
  const messages = groupTasks(
    deps.lists.read(listKeys.successUrls(reqId)),
    { req_id: reqId, pop, ips, header: item.header, shards: item.shards, label },
    item.distributions,
    urlsPerMessage(item.total_count, item.instance_count),
  );
  await deps.queue.send(messages);
  if (!(await deps.requestPops.markSent(reqId, targetKey))) return;
  const after = await deps.requests.get(reqId);
  if (after === undefined || after.targets_sent < after.targets_total) return;
  await deps.requests.advance(reqId, "INSERT_TASK", "IN_PROGRESS");
  deps.logger.info("All tasks queued", { req_id: reqId, tasks: after.total_count });
}
