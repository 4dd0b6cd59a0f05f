import type { RequestItem } from "../request/request-item.ts";
import { LISTS, type ListStore } from "./lists.ts";
import { Plan } from "./plan.ts";
import { fanOutGroups, type Target, type TargetStore, type Task } from "./target.ts";
import type { GoodUrl } from "./task.ts";
import { messagesOf, type TaskMessage, type TaskSender, urlsPerMessage } from "./task-message.ts";

export interface FanOutDeps {
  readonly requests: {
    get(reqId: string): Promise<RequestItem | undefined>;
    isActive(reqId: string): Promise<boolean>;
    /** @returns false if the request has another status */
    advance(reqId: string, event: "TASKS_QUEUED"): Promise<boolean>;
  };
  readonly requestPops: TargetStore;
  readonly lists: ListStore;
  readonly queue: TaskSender;
  readonly logger: { info(message: string, fields: Record<string, unknown>): void };
}

/** After this many messages, the request is read again to see whether it is still active. */
const MESSAGES_PER_CHECK = 1_000;

/**
 * Queues the tasks of a READY target and of those that are fanned out with it (→ SENT); the last ones move the request to IN_PROGRESS.
 * Those that follow are queued by an agent. Run again after a crash it queues them again, which costs downloads but counts nothing
 * twice: a task has one result.
 */
export async function fanOut(deps: FanOutDeps, reqId: string, targetKey: string): Promise<void> {
  const item = await deps.requests.get(reqId);
  if (item?.active === undefined) return;
  const targets = await deps.requestPops.targets(reqId);
  const isReady = ({ target, state }: Target) => target === targetKey && state === "READY";
  const group = fanOutGroups(targets).find(({ unsent }) => unsent.some(isReady));
  if (group !== undefined) {
    await deps.queue.send(messagesFor(deps, item, targets, new Set(group.targets)), item.lane);
    await markSent(deps, reqId, group.unsent);
  }
  // Also if this target was SENT before: an earlier run may have crashed right after it said so.
  const after = await deps.requests.get(reqId);
  if (after === undefined || after.targets_sent < after.targets_total) return;
  if (!(await deps.requests.advance(reqId, "TASKS_QUEUED"))) return;
  deps.logger.info("All tasks queued", { req_id: reqId, tasks: after.total_count });
}

/** Another run may have marked some of them meanwhile: then the transaction with all of them fails. */
async function markSent({ requestPops }: FanOutDeps, reqId: string, group: readonly Target[]): Promise<void> {
  if (await requestPops.markSent(reqId, group)) return;
  const keys = new Set(group.map(({ target }) => target));
  const left = (await requestPops.targets(reqId)).filter(({ target, state }) => keys.has(target) && state !== "SENT");
  for (const target of left) await requestPops.markSent(reqId, [target]);
}

/**
 * Reads the list of URLs once. A request that has ended meanwhile gets no further messages: they would stay in the queue.
 */
async function* messagesFor(
  { lists, requests }: FanOutDeps,
  item: RequestItem,
  targets: readonly Target[],
  group: ReadonlySet<Target>,
): AsyncGenerator<TaskMessage> {
  const urls = lists.read(LISTS.goodUrls, item.req_id);
  const tasks =
    item.scope === "regional" ? regionalLeads(item, targets, group, urls) : leadsOf(item, targets, group, urls);
  const maxUrls = urlsPerMessage(item.total_count, item.instance_count);
  let sent = 0;
  for await (const message of messagesOf(item, tasks, { maxUrls, targets: group.size })) {
    if (++sent % MESSAGES_PER_CHECK === 0 && !(await requests.isActive(item.req_id))) return;
    yield message;
  }
}

/** A plan of the group alone has its targets in the order of all, so that a URL has the same lead. */
function leadsOf(
  item: RequestItem,
  targets: readonly Target[],
  group: ReadonlySet<Target>,
  urls: AsyncIterable<GoodUrl>,
): AsyncGenerator<Task> {
  return new Plan(
    item,
    targets.filter((target) => group.has(target)),
  ).unsentLeads(urls);
}

/** A plan of all targets knows the position of the group among all. */
async function* regionalLeads(
  item: RequestItem,
  targets: readonly Target[],
  group: ReadonlySet<Target>,
  urls: AsyncIterable<GoodUrl>,
): AsyncGenerator<Task> {
  for await (const task of new Plan(item, targets).unsentLeads(urls)) if (group.has(task.target)) yield task;
}
