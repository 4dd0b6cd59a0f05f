import { pino } from "pino";
import { ConcurrencyLimiter } from "../../agent/admit/concurrency-limiter.ts";
import { FollowerGate } from "../../agent/admit/follower-gate.ts";
import { TimerQueue } from "../../agent/admit/timer-queue.ts";
import { RequestTracker } from "../../agent/fetch/request-tracker.ts";
import { Prefetcher } from "../../agent/receive/prefetcher.ts";
import type { MessageDeps } from "../../agent/receive/return-to-queue.ts";
import { Heartbeats } from "../../agent/report/heartbeats.ts";
import { Throughput } from "../../agent/report/throughput.ts";
import { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../domain/origin/permit-store.ts";
import type { DeadLetters, HeartbeatStore, ResultStore, TaskQueue } from "../../domain/plan/ports.ts";

export const logger = pino({ level: "silent" });

const unplanned = (what: string) => () => Promise.reject(new Error(`unplanned: ${what}`));

/** Limits of origins, of which a test replaces parts. */
export function fakeOrigins(overrides: Partial<OriginLimiterRegistry> = {}): OriginLimiterRegistry {
  return Object.assign(new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now }), overrides);
}

/** A queue whose calls fail, but those of the test. */
export function fakeQueue(overrides: Partial<TaskQueue> = {}): TaskQueue {
  return {
    receive: unplanned("receive"),
    delete: unplanned("delete"),
    setVisibilityTimeout: unplanned("setVisibilityTimeout"),
    send: unplanned("send"),
    sendLater: unplanned("sendLater"),
    depth: unplanned("depth"),
    ...overrides,
  };
}

export function fakeStore(overrides: Partial<ResultStore> = {}): ResultStore {
  return {
    putGood: unplanned("putGood"),
    putFailure: unplanned("putFailure"),
    putIfAbsent: unplanned("putIfAbsent"),
    findExisting: unplanned("findExisting"),
    isTemporary: () => false,
    ...overrides,
  };
}

export const fakeDeadLetters: DeadLetters = { send: unplanned("send") };

const NOT_STORED: HeartbeatStore = { writeHeartbeat: async () => undefined };

/** Heartbeats that are sent with the first and without tasks, and in between when the test says so. */
export function fakeHeartbeats(store = NOT_STORED, instance = "i"): Heartbeats {
  return new Heartbeats({ store, instance, worker: "w", heartbeatIntervalMs: 10_000, now: Date.now, logger });
}

/** What a message is processed with: no limits of origins, ten slots, and calls that fail if a test does not plan them. */
export function fakeDeps(overrides: Partial<MessageDeps> = {}): MessageDeps {
  const limiters = { small: new ConcurrencyLimiter(10), large: new ConcurrencyLimiter(10) };
  return {
    queue: fakeQueue(),
    store: fakeStore(),
    deadLetters: fakeDeadLetters,
    heartbeats: fakeHeartbeats(),
    prefetcher: new Prefetcher(() => ({ small: limiters.small.free, large: 1 })),
    limiters,
    throughput: { small: new Throughput(), large: new Throughput() },
    origins: fakeOrigins(),
    followers: new FollowerGate(),
    isActive: unplanned("isActive"),
    fetch: unplanned("fetch"),
    tracker: new RequestTracker(),
    timers: new TimerQueue(),
    instanceId: "i",
    errorCachingMs: 11_000,
    write: unplanned("write"),
    visibilitySeconds: 120,
    logger,
    ...overrides,
  };
}
