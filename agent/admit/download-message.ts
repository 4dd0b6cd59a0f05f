import { grouped } from "../../domain/collections.ts";
import type { Log } from "../../domain/log-fields.ts";
import { DeferredError } from "../../domain/origin/origin-limiter.ts";
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
import { TaskRun } from "./task-run.ts";
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
export type CarriedProgress = Pick<TaskUrl, "attempts" | "first_attempt_at" | "downloads_done" | "transferred_bytes">;

/** Finishes every URL of a message, also when another one fails. @returns the errors of those that failed */
export async function downloadMessage(deps: DownloadDeps, job: MessageJob): Promise<unknown[]> {
  await deps.origins.prepare(job.message);
  const errors: unknown[] = [];
  const objects = [...grouped(job.message.urls, ({ url }) => url).values()];
  let open = objects.length;
  await new Promise<void>((resolve) => {
    const onEnd = () => {
      if (--open === 0) resolve();
    };
    if (open === 0) resolve();
    for (const variants of objects) downloadVariants(deps, job, variants, 0, errors, onEnd);
  });
  return errors;
}

/** A cache may respond with one variant to the request for another one, so each waits for the one before, and is deferred with it. */
function downloadVariants(
  deps: DownloadDeps,
  job: MessageJob,
  variants: readonly TaskUrl[],
  index: number,
  errors: unknown[],
  onEnd: () => void,
): void {
  const url = variants[index];
  if (url === undefined) {
    onEnd();
    return;
  }
  const onTaskEnd = (error?: unknown) => {
    if (error === undefined) {
      downloadVariants(deps, job, variants, index + 1, errors, onEnd);
      return;
    }
    if (error instanceof DeferredError) {
      for (const next of variants.slice(index + 1)) job.prefetched.onDequeued(next, false);
      job.deferrals.add(variants.slice(index), error);
    } else errors.push(error);
    onEnd();
  };
  let run: TaskRun;
  try {
    run = new TaskRun(deps, job, url, onTaskEnd);
  } catch (error) {
    // A task that no agent can do. The others of its message go on.
    onTaskEnd(error);
    return;
  }
  run.start();
}
