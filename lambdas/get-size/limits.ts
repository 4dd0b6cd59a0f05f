import { randomUUID } from "node:crypto";
import type { PermitTable } from "../../aws/permit-table.ts";
import type { ProgressTable } from "../../aws/progress-table.ts";
import { OriginLimiters } from "../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../domain/origin/permit-store.ts";
import { processOf } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { expiresAt } from "../../domain/timestamps.ts";

const HEARTBEAT_MS = 10_000;
const INSTANCE = "get-size";

export interface LimitDeps {
  readonly progress: Pick<ProgressTable, "beat">;
  /** @param process the sort key of its heartbeats */
  readonly permits: (process: string) => PermitTable;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The limits of a request's origin, which this run of Get Size shares with all processes that work on it. Its permits need heartbeats.
 * @returns what keeps them, and what ends that
 */
export function openLimits(deps: LimitDeps | undefined, { req_id: reqId, origin }: RequestItem) {
  if (deps === undefined)
    return { origins: new OriginLimiters({ store: new MemoryPermitStore() }), close: async () => undefined };
  const { progress, permits, now } = deps;
  const self = { instance: INSTANCE, worker: randomUUID() };
  let writtenAt = Number.NEGATIVE_INFINITY;
  const beat = async () => {
    const at = now();
    const nothing = { tasks: 0, bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
    await progress.beat(reqId, { ...self, at, ...nothing }, expiresAt(new Date())).then(
      () => {
        writtenAt = at;
      },
      // The next one is tried again.
      () => undefined,
    );
  };
  let timer: NodeJS.Timeout | undefined;
  if (origin?.concurrency !== undefined) {
    void beat();
    timer = setInterval(beat, HEARTBEAT_MS);
  }
  const origins = new OriginLimiters({ store: permits(processOf(self)), now, heartbeatAt: () => writtenAt });
  const close = async () => {
    clearInterval(timer);
    origins.close(new Error("All sizes are known, or the time is over"));
    await origins.drain();
  };
  return { origins, close };
}
