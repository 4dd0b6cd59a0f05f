import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import type { MessageJob } from "../../../agent/admit/message-job.ts";
import { TaskRun } from "../../../agent/admit/task-run.ts";
import { createFetchObject } from "../../../agent/fetch/fetch-object.ts";
import { Cancellation, type HttpClient } from "../../../agent/fetch/http/http-client.ts";
import { PooledHttpClient } from "../../../agent/fetch/http/pooled-client.ts";
import { RequestTracker } from "../../../agent/fetch/request-tracker.ts";
import { HeldTasks } from "../../../agent/report/heartbeats.ts";
import { FollowerPromoter } from "../../../agent/report/promote-followers.ts";
import { Throughput } from "../../../agent/report/throughput.ts";
import { ERROR_CACHING_SECONDS } from "../../../domain/limits.ts";
import type { Ports } from "../../../domain/net/addresses.ts";
import type { OriginLimiterRegistry } from "../../../domain/origin/origin-limiter-registry.ts";
import type { LeadResult } from "../../../domain/plan/followers.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import { type TaskResult, taskResultSchema } from "../../../domain/result/task-result.ts";
import { type Edge, startEdge } from "../../../tools/edge/edge.ts";
import type { EdgeOptions } from "../../../tools/edge/edge-options.ts";
import type { Fault, FaultRequest } from "../../../tools/edge/faults.ts";
import { fakeDeps } from "../fake-deps.ts";
import { taskMessage } from "../task-messages.ts";

export const DOMAIN = "d111111abcdef8.cloudfront.net";
export const ALIAS = "cdn.example.com";
/** Bytes of an object, unless a test says otherwise. */
export const SIZE = 600_001;

export let edge: Edge;
export let http: PooledHttpClient;
/** All downloads of a file are of one process. */
const tracker = new RequestTracker();
/** What goes wrong with each request in turn, and what the edge saw. By path, so that tests may run side by side. */
const faults = new Map<string, ((request: FaultRequest) => Fault | undefined)[]>();
export const seen = new Map<string, FaultRequest[]>();

/** An edge and an agent's HTTP client, for all tests of a file. @param options what makes the edge harder than it is */
export function useEdge(options: Partial<EdgeOptions> = {}): void {
  beforeAll(async () => {
    edge = await startEdge({
      distributions: [{ domain: DOMAIN, aliases: [ALIAS] }],
      pops: [
        { pop: "SIN2-P1", rec: "singapore", addresses: 2 },
        { pop: "FRA56-P4", rec: "frankfurt" },
      ],
      site: {},
      faults: (request) => {
        const requests = seen.get(request.path) ?? [];
        seen.set(request.path, [...requests, request]);
        return faults.get(request.path)?.[requests.length]?.(request);
      },
      ...options,
    });
    http = new PooledHttpClient({ ca: edge.caPem, allowPrivateAddresses: true });
  });
  afterAll(async () => {
    await http.destroy();
    await edge.close();
  });
}

export interface Download {
  readonly url: string;
  readonly message?: Parameters<typeof taskMessage>[0];
  readonly options?: { readonly http?: HttpClient; readonly ports?: Ports; readonly tracker?: RequestTracker };
  /** @default unknown */
  readonly bytes?: number;
  /** Attempts before it was deferred. @default what the message says */
  readonly attempts?: number;
  /** When the first of them started. @default it was not deferred */
  readonly startedAt?: number;
  /** Whole downloads before it was deferred. @default none */
  readonly downloadsDone?: number;
  /** Whole objects around it. @default fakes */
  readonly with?: {
    readonly cancellation?: Cancellation;
    readonly held?: HeldTasks;
    readonly throughput?: Throughput;
    readonly limiter?: ConcurrencyLimiter;
    readonly origins?: OriginLimiterRegistry;
    readonly stopping?: AbortSignal;
    readonly carried?: MessageJob["carried"];
    readonly onDownloaded?: (shown: LeadResult) => void;
  };
}

/**
 * Runs a task as the agent does. Every result is checked against what the table takes.
 * @throws the error with which it returns to the queue
 */
export async function download(one: Download): Promise<TaskResult> {
  const [result] = await results(one);
  if (result === undefined) throw new Error("the task has no result");
  return result;
}

/** The results that a task writes: one, or none where its request has ended. */
export async function results(one: Download): Promise<TaskResult[]> {
  const { url, bytes, attempts, startedAt, downloadsDone, message, options = {}, with: given = {} } = one;
  const written: TaskResult[] = [];
  const limiter = given.limiter ?? new ConcurrencyLimiter(10);
  const throughput = given.throughput ?? new Throughput();
  const deps = fakeDeps({
    fetch: createFetchObject(options.http ?? http, options.ports ?? edge),
    write: async (result) => void written.push(taskResultSchema.strict().parse(result)),
    isActive: async () => true,
    limiters: { small: limiter, large: limiter },
    throughput: { small: throughput, large: throughput },
    tracker: options.tracker ?? tracker,
    instanceId: "i-1",
    errorCachingMs: ERROR_CACHING_SECONDS * 1_000,
    ...(given.origins === undefined ? {} : { origins: given.origins }),
  });
  const task: TaskUrl = {
    url,
    bytes: bytes ?? null,
    ...(attempts === undefined ? {} : { attempts }),
    ...(startedAt === undefined ? {} : { first_attempt_at: startedAt }),
    ...(downloadsDone === undefined ? {} : { downloads_done: downloadsDone }),
  };
  const job: MessageJob = {
    message: taskMessage({ ips: [...edge.addressesOf(message?.pop ?? "SIN2-P1")], ...message }),
    isRedelivered: false,
    left: new Set([task]),
    carried: given.carried ?? new Map(),
    held: given.held ?? new HeldTasks("r"),
    prefetched: { onDequeued: () => undefined },
    deferrals: { add: () => undefined },
    promoter:
      given.onDownloaded &&
      Object.assign(Object.create(FollowerPromoter.prototype) as FollowerPromoter, {
        onDownloaded: (_: TaskUrl, shown: LeadResult) => given.onDownloaded?.(shown),
        onResult: () => undefined,
      }),
    cancellation: given.cancellation ?? new Cancellation(),
    stopping: given.stopping ?? new AbortController().signal,
  };
  await new Promise<void>((resolve, reject) => {
    new TaskRun(deps, job, task, (error) => (error === undefined ? resolve() : reject(error))).start();
  });
  return written;
}

/** An object that is on the origin, whose first requests go wrong. */
export function object(path: string, troubles: readonly (Fault | undefined)[] = [], size = SIZE): string {
  edge.addObject(path, { size });
  faults.set(
    path,
    troubles.map((fault) => () => fault),
  );
  return `https://www.example.com${path}`;
}

export const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: "status",
  status: code,
  headers,
});
export const reset = (after: number): Fault => ({ kind: "reset", after });

/** Which of the POP's two addresses was asked: 0 for the one that was asked first. */
export function visited(path: string): number[] {
  const addresses = (seen.get(path) ?? []).map(({ address }) => address);
  return addresses.map((address) => (address === addresses[0] ? 0 : 1));
}
