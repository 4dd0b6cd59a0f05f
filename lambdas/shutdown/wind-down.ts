import { listKeys } from "../../contracts/list-keys.ts";
import type { RequestItem } from "../../contracts/request-item.ts";
import type { ShutdownDeps } from "./deps.ts";
import { recount } from "./recount.ts";

/** So long messages are dropped at most: what is left then, agents skip. Longer than a vanished agent's stay hidden. */
const DROP_MS = 60_000;
const POLL_MS = 2_000;

/**
 * Gives back all that an ended request held: its timer, its share of the fleet, its messages. May be run again at any
 * point. While others are active, messages of this one are skipped by the agents, not dropped here.
 */
export async function windDown(deps: ShutdownDeps, item: RequestItem): Promise<void> {
  const { req_id: reqId, status } = item;
  // Whoever stopped the request said how many instances are to go on.
  if (status !== "STOPPED") await deps.capacity.follow();
  // No instance waits for a report, which may take long.
  if (item.report === undefined) {
    const ledger = await recount(deps, item);
    await deps.requests.amend(reqId, status, { ...ledger.count(), report: listKeys.report(reqId) });
  }
  // Not before: should all this fail for good, the timer comes and does it.
  await deps.timer.cancel(reqId);
  // Somebody waits for the report, but nobody for this.
  await dropMessages(deps);
  await deps.requests.close(reqId, {});
  deps.logger.info("Wound down", { req_id: reqId, status });
}

/** Until none is left, also of those that an agent took and will never finish; or until another request is active. */
async function dropMessages(deps: ShutdownDeps): Promise<void> {
  const hasEnded = async (reqId: string) => !(await deps.requests.isActive(reqId));
  const until = deps.now() + DROP_MS;
  while (deps.now() < until) {
    const { available, inFlight } = await deps.queue.depth();
    if (available + inFlight === 0 || (await deps.requests.active()).length > 0) return;
    const dropped = await deps.queue.drop(hasEnded, until - deps.now());
    if (dropped > 0) deps.logger.info("Messages of ended requests dropped", { dropped });
    await deps.sleep(POLL_MS);
  }
}
