import type { ProgressReader } from "../../aws/progress-reader.ts";
import type { RequestReader } from "../../aws/request-reader.ts";
import { allMessages, type TaskQueue } from "../../aws/task-queue.ts";
import type { Patience } from "../../domain/request/patience.ts";
import { NO_PROGRESS, othersAtWork } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import type { Seen } from "../../domain/request/settlement.ts";
import { progressOfAll } from "../progress-of-all.ts";

export interface SeeDeps {
  readonly requests: Pick<RequestReader, "listActive">;
  readonly progress: Pick<ProgressReader, "of">;
  readonly queue: Pick<TaskQueue, "depth">;
  readonly patience: Patience;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What is going on around a request now: its progress, the queue's depth, and who works on other requests. */
export async function see(deps: SeeDeps, { req_id: reqId }: RequestItem, timeIsUp: boolean): Promise<Seen> {
  const messages = allMessages(await deps.queue.depth());
  const active = await deps.requests.listActive();
  // The index lags behind: the request itself may not be in it.
  const ids = new Set([reqId, ...active.map(({ req_id }) => req_id)]);
  // With fewer of the others at work, a request is rather left as it is.
  const all = await progressOfAll(deps.progress, ids, (id, error) => {
    if (id === reqId) throw error;
  });
  const { now, patience } = { now: deps.now(), patience: deps.patience };
  const progress = all.get(reqId) ?? NO_PROGRESS;
  return { progress, timeIsUp, messages, othersAtWork: othersAtWork(all, reqId, now, patience), now, patience };
}
