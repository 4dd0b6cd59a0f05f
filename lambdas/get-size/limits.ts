import { randomUUID } from "node:crypto";
import { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import { processOf } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { expiresAt } from "../../domain/timestamps.ts";
import type { GetSizeDeps } from "./deps.ts";

const INSTANCE = "get-size";

/**
 * The limits of a request's origin, which this run of Get Size shares with all processes that work on it. Its permits need heartbeats.
 * @returns what keeps them, and what ends that
 */
export function openLimits({ progress, permits, timings, now }: GetSizeDeps, { req_id: reqId, origin }: RequestItem) {
  const self = { instance: INSTANCE, worker: randomUUID() };
  let writtenAt = Number.NEGATIVE_INFINITY;
  const sendHeartbeat = async () => {
    const heartbeat = { ...self, at: now(), tasks: 0, bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
    try {
      await progress.writeHeartbeat(reqId, heartbeat, expiresAt());
      writtenAt = heartbeat.at;
    } catch {
      // The next one is tried again.
    }
  };
  let timer: NodeJS.Timeout | undefined;
  if (origin?.concurrency !== undefined) {
    void sendHeartbeat();
    timer = setInterval(sendHeartbeat, timings.heartbeatIntervalMs);
  }
  const origins = new OriginLimiterRegistry({
    store: permits(processOf(self)),
    now,
    heartbeatAt: () => writtenAt,
    heartbeatTimeoutMs: timings.heartbeatTimeoutMs,
  });
  const close = async () => {
    clearInterval(timer);
    origins.close(new Error("All sizes are known, or the time is over"));
    await origins.drain();
  };
  return { origins, close };
}
