import { createDownload, type DownloaderDeps, type DownloadHooks } from "../../../agent/fetch/downloader.ts";
import { PooledHttpClient } from "../../../agent/fetch/http/pooled-client.ts";
import { RequestTracker } from "../../../agent/fetch/request-tracker.ts";
import { ERROR_CACHING_SECONDS } from "../../../domain/limits.ts";
import { type TaskResult, taskResultSchema } from "../../../domain/result/task-result.ts";
import { type Edge, startEdge } from "../../../tools/edge/edge.ts";
import type { EdgeOptions } from "../../../tools/edge/edge-options.ts";
import type { Fault, FaultRequest } from "../../../tools/edge/faults.ts";
import { fakeAdmission, fakeOrigins } from "../fake-deps.ts";
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
  readonly options?: Partial<DownloaderDeps>;
  /** @default unknown */
  readonly bytes?: number;
  /** Attempts before it was deferred. @default what the message says */
  readonly attempts?: number;
  /** When the first of them started. @default it was not deferred */
  readonly startedAt?: number;
  readonly admission?: Partial<DownloadHooks>;
}

/** Downloads a task as the agent does. Every result is checked against what the table takes. */
export async function download({
  url,
  bytes,
  attempts,
  startedAt,
  message,
  options,
  admission,
}: Download): Promise<TaskResult> {
  const downloadTask = createDownload({
    http,
    ports: edge,
    instanceId: "i-1",
    origins: fakeOrigins(),
    errorCachingMs: ERROR_CACHING_SECONDS * 1_000,
    tracker,
    ...options,
  });
  const task = taskMessage({ ips: [...edge.addressesOf(message?.pop ?? "SIN2-P1")], ...message });
  const result = await downloadTask(
    task,
    {
      url,
      bytes: bytes ?? null,
      ...(attempts === undefined ? {} : { attempts }),
      ...(startedAt === undefined ? {} : { first_attempt_at: startedAt }),
    },
    fakeAdmission({ mayReachOrigin: task.follows !== true, ...admission }),
  );
  return taskResultSchema.strict().parse(result);
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
