import type { Log } from "../../domain/log-fields.ts";
import type { DeferredError } from "../../domain/origin/origin-limiter.ts";
import type { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import type { TaskUrl } from "../../domain/plan/task.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { FetchObject } from "../fetch/fetch-object.ts";
import type { Cancellation } from "../fetch/http/http-client.ts";
import type { RequestTracker } from "../fetch/request-tracker.ts";
import type { HeldTasks } from "../report/heartbeats.ts";
import type { FollowerPromoter } from "../report/promote-followers.ts";
import type { BySize, Throughput } from "../report/throughput.ts";
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts";
import type { FollowerGate } from "./follower-gate.ts";
import type { TimerQueue } from "./timer-queue.ts";

export interface DownloadDeps {
  readonly fetch: FetchObject;
  readonly write: (result: TaskResult) => Promise<void>;
  /** Whether a request is active. Never rejects. */
  readonly isActive: (reqId: string) => Promise<boolean>;
  readonly limiters: BySize<ConcurrencyLimiter>;
  readonly throughput: BySize<Throughput>;
  /** Observes each answer: throttling lowers the rate of its host. */
  readonly origins: OriginLimiterRegistry;
  readonly followers: FollowerGate;
  /** Shared by all tasks of the process. */
  readonly tracker: RequestTracker;
  /** Tasks that wait for the time of their next request. */
  readonly timers: TimerQueue;
  /** Stored with the results. */
  readonly instanceId: string;
  /** Milliseconds after which CloudFront no longer caches an error, where the message does not say it. */
  readonly errorCachingMs: number;
  readonly logger: Log;
}

/** A message in progress. */
export interface MessageJob {
  readonly message: TaskMessage;
  /** Whether it was delivered before, so that another agent may have begun it. */
  readonly isRedelivered: boolean;
  /** Its URLs that have no result. */
  readonly left: Set<TaskUrl>;
  /** Attempts and downloads of URLs that return to the queue: the next agent continues from there. */
  readonly carried: Map<TaskUrl, CarriedProgress>;
  readonly held: HeldTasks;
  /** The key under which its URLs wait for slots. */
  readonly prefetched: { onDequeued(url: TaskUrl, starts: boolean): void };
  /** Returns URLs to the queue: one that was deferred, and the variants that wait for it. */
  readonly deferrals: { add(urls: readonly TaskUrl[], error: DeferredError): void };
  /** Of a lead. */
  readonly promoter: FollowerPromoter | undefined;
  /** Cancelled when the request has ended. */
  readonly cancellation: Cancellation;
  readonly stopping: AbortSignal;
}

/** Fields of a URL that say what earlier messages did. */
export type CarriedProgress = Pick<
  TaskUrl,
  "attempts" | "first_attempt_at" | "downloads_done" | "transferred_bytes" | "may_reach_origin"
>;
