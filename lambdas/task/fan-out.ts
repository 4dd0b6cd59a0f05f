import type { Logger } from "@aws-lambda-powertools/logger";
import type { Lists } from "../../aws/lists.ts";
import type { RequestPopTable } from "../../aws/request-pop-table.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { Plan, type Task } from "../../domain/plan/plan.ts";
import type { Target } from "../../domain/plan/target.ts";
import { messagesOf, type TaskMessage, urlsPerMessage } from "../../domain/plan/task-message.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";

export interface FanOutDeps {
  readonly requests: Pick<RequestTable, "get" | "isActive" | "advance">;
  readonly requestPops: Pick<RequestPopTable, "get" | "of" | "markSent">;
  readonly lists: Pick<Lists, "read">;
  readonly queue: Pick<TaskQueue, "send">;
  readonly logger: Pick<Logger, "info">;
}

/** After this many messages it is asked again whether the request goes on. */
const LOOK_EVERY = 1_000;

/**
 * Queues all tasks that one target leads (READY → SENT); the last one moves the request to IN_PROGRESS. Those that follow are
 * queued by an agent. Run again after a crash it queues them again, which costs downloads but counts nothing twice: a
 * task has one result.
 */
export async function fanOut(deps: FanOutDeps, reqId: string, targetKey: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  const target = await deps.requestPops.get(reqId, targetKey);
  if (item?.active === undefined || target === undefined) return;
  if (target.state === "READY") {
    const maxUrls = urlsPerMessage(item.total_count, item.instance_count);
    const messages = messagesOf(item, await tasksAt(deps, item, target), maxUrls);
    await deps.queue.send(whileActive(deps, reqId, messages), item.lane);
    await deps.requestPops.markSent(reqId, targetKey);
  }
  // Also if this target was SENT before: an earlier run may have crashed right after it said so.
  const after = await deps.requests.get(reqId);
  if (after === undefined || after.targets_sent < after.targets_total) return;
  if (!(await deps.requests.advance(reqId, "TASKS_QUEUED"))) return;
  deps.logger.info("All tasks queued", { req_id: reqId, tasks: after.total_count });
}

/** A request that has ended meanwhile gets no further messages: nobody would drop them. */
async function* whileActive(
  deps: FanOutDeps,
  reqId: string,
  messages: AsyncIterable<TaskMessage>,
): AsyncGenerator<TaskMessage> {
  let sent = 0;
  for await (const message of messages) {
    if (sent++ % LOOK_EVERY === LOOK_EVERY - 1 && !(await deps.requests.isActive(reqId))) return;
    yield message;
  }
}

async function tasksAt(deps: FanOutDeps, item: RequestItem, target: Target): Promise<AsyncGenerator<Task>> {
  const { distributions, order, pops, req_id: reqId } = item;
  // By itself it leads all of its tasks, and nobody follows.
  const targets = order === "lead-first" ? await deps.requestPops.of(reqId) : [target];
  return new Plan(distributions, targets, order, pops).leads(deps.lists.read(LISTS.goodUrls, reqId), target);
}
