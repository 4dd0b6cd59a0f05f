import { listKeys } from "../../contracts/list-keys.ts";
import type { RequestItem } from "../../contracts/request-item.ts";
import type { ShutdownDeps } from "./deps.ts";
import { recount } from "./recount.ts";

/**
 * Gives back all that an ended request held: its timer, its share of the fleet, its messages. May be run again at any
 * point. Other active requests keep theirs: messages of this one are then skipped by the agents, not purged.
 */
export async function windDown(deps: ShutdownDeps, item: RequestItem): Promise<void> {
  await deps.timer.cancel(item.req_id);
  // Whoever stopped the request said how many instances are to go on.
  if (item.status !== "STOPPED") await deps.capacity.follow();
  await purgeIfAlone(deps);
  // Last, for it may take long: no instance waits for a report.
  let summary = {};
  if (item.report === undefined) {
    const ledger = await recount(deps, item);
    summary = { ...ledger.count(), report: listKeys.report(item.req_id) };
  }
  await deps.requests.close(item.req_id, summary);
  deps.logger.info("Wound down", { req_id: item.req_id, status: item.status });
}

async function purgeIfAlone(deps: ShutdownDeps): Promise<void> {
  const depth = await deps.queue.depth();
  if (depth.available + depth.inFlight === 0) return;
  if ((await deps.requests.active()).length === 0) await deps.queue.purge();
}
