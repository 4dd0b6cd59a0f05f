// A request without AWS: sizes, targets, plan, agent and report in one process, behind ports that keep everything in memory.
import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { createDownload } from "../../agent/fetch/downloader.ts";
import { PooledHttpClient } from "../../agent/fetch/http/pooled-client.ts";
import { RequestTracker } from "../../agent/fetch/request-tracker.ts";
import { Agent } from "../../agent/receive/agent.ts";
import { Heartbeats } from "../../agent/report/heartbeats.ts";
import { ResultWriter } from "../../agent/report/result-writer.ts";
import { csvRow } from "../../domain/csv.ts";
import { ERROR_CACHING_SECONDS } from "../../domain/limits.ts";
import { DnsLookupError, type Resolver } from "../../domain/net/resolver.ts";
import { hostsOf } from "../../domain/net/urls.ts";
import { OriginLimiterRegistry } from "../../domain/origin/origin-limiter-registry.ts";
import { MemoryPermitStore } from "../../domain/origin/permit-store.ts";
import { fanOut } from "../../domain/plan/fan-out.ts";
import { goodUrlsList, LISTS } from "../../domain/plan/lists.ts";
import { Plan, totalsOf } from "../../domain/plan/plan.ts";
import type { ResultStore } from "../../domain/plan/ports.ts";
import { resolveTargets } from "../../domain/plan/resolve-targets.ts";
import { fanOutGroups, type Target } from "../../domain/plan/target.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { finalizeRecount, recount } from "../../domain/readiness/recount.ts";
import { DEFAULT_CAPS } from "../../domain/request/caps.ts";
import type { OwnDistribution } from "../../domain/request/distributions.ts";
import { findDistributions } from "../../domain/request/find-distributions.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { lostFailure } from "../../domain/result/failure.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import { checkPrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { measureUrls } from "../../probe/size/measure-urls.ts";
import type { Edge } from "../../tools/edge/edge.ts";
import { MemoryQueue } from "../agent/memory-queue.ts";
import { FakeLists } from "../lambdas/fakes/lists.ts";

/** What a request has left behind. */
export interface MemoryRun {
  readonly item: RequestItem;
  readonly messages: readonly TaskMessage[];
  readonly results: readonly TaskResult[];
  /** Lists and files by their keys. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

const MINUTE_MS = 60_000;

export interface MemoryWorld {
  readonly edge: Edge;
  /** POPs that do not resolve. */
  readonly dead: readonly string[];
  /** The account's distributions. */
  readonly own: readonly OwnDistribution[];
}

/** Warms the URLs of a request as the stack does. @param body of POST /prewarm @throws ApiError */
export async function warmInMemory({ edge, dead, own }: MemoryWorld, body: unknown): Promise<MemoryRun> {
  const reqId = randomUUID();
  const rules = { reqId, now: Date.now(), caps: DEFAULT_CAPS };
  const request = checkPrewarmRequest(body, rules);
  const hosts = hostsOf(request.urls);
  const found = await findDistributions(request.item.cf_domain, hosts, {
    distributions: { own: async () => own },
    dns: { alias: async () => undefined },
  });
  const item = { ...request.item, distributions: found.distributions };
  const { urls } = request;
  const lists = new FakeLists();
  const queue = new MemoryQueue();
  const store = new MemoryResults();
  const dns = resolverOf(edge, item, new Set(dead));
  const ports = { httpsPort: edge.httpsPort, httpPort: edge.httpPort };
  const measured = await measureUrls(
    { dns, ports, request: item, distributions: item.distributions, timeMs: MINUTE_MS },
    { sized: [], toProbe: urls.map((url) => ({ url })) },
  );
  await lists.write(goodUrlsList(measured.good), reqId, measured.good);
  await lists.write(LISTS.failedUrls, reqId, measured.bad);

  const resolved = await resolveTargets(dns, item);
  const targets = new Map<string, Target>(resolved.map((target) => [target.target, target]));
  const { planned: _, ...totals } = await totalsOf(new Plan(item, resolved), measured.good);
  const targetsTotal = resolved.filter(({ state }) => state === "RESOLVED").length;
  let planned: RequestItem = { ...item, ...totals, status: "INSERT_TASK", targets_total: targetsTotal };
  const requestPops = {
    of: async () => [...targets.values()],
    markSent: async (_id: string, group: readonly Target[]) => {
      for (const target of group) targets.set(target.target, { ...target, state: "SENT" });
      planned = { ...planned, targets_sent: planned.targets_sent + group.length };
      return true;
    },
  };
  const requests = {
    get: async () => planned,
    isActive: async () => planned.active !== undefined,
    advance: async () => {
      planned = { ...planned, status: "IN_PROGRESS" };
      return true;
    },
  };
  for (const { unsent } of fanOutGroups(planned, resolved)) {
    const [first] = unsent;
    targets.set(first.target, { ...first, state: "READY" });
    await fanOut({ requests, requestPops, lists, queue, logger: { info: () => undefined } }, reqId, first.target);
  }

  await downloadAll(edge, { queue, store, isActive: requests.isActive }, planned.total_count);

  const results = [...store.results.values()];
  const deps = {
    lists,
    requestPops,
    results: {
      of: async function* () {
        yield* results;
      },
    },
    now: Date.now,
  };
  const run = { timeIsUp: false, remainingMs: () => MINUTE_MS, whyMissing: () => lostFailure(1) };
  const recounted = await recount(deps, planned, run);
  if (recounted === undefined) throw new Error("a recount of a small request stopped");
  const ending = await finalizeRecount(deps, planned, "FINISHED", recounted, recounted.taskBitmap.count());
  const texts = Object.entries(lists.objects).map(([key, rows]): [string, Uint8Array] => [
    key,
    Buffer.from(rows.map(csvRow).join("")),
  ]);
  const objects = new Map([...texts, ...lists.files]);
  return { item: { ...planned, ...ending, status: "FINISHED" }, messages: queue.sent, results, objects };
}

/** Runs an agent until every task has a result. */
async function downloadAll(
  edge: Edge,
  ports: { readonly queue: MemoryQueue; readonly store: MemoryResults; readonly isActive: () => Promise<boolean> },
  tasks: number,
): Promise<void> {
  const { queue, store, isActive } = ports;
  const logger = pino({ level: "silent" });
  const http = new PooledHttpClient({ ca: edge.caPem, allowPrivateAddresses: true });
  const origins = new OriginLimiterRegistry({ store: new MemoryPermitStore(), now: Date.now });
  const download = createDownload({
    http,
    ports: edge,
    instanceId: "i-00000000000000001",
    origins,
    errorCachingMs: ERROR_CACHING_SECONDS * 1_000,
    tracker: new RequestTracker(),
  });
  const agent = new Agent({
    queue: { queues: { main: new MemoryQueue(), express: queue } },
    deadLetters: { send: async (body, reason) => Promise.reject(new Error(`${reason}: ${body}`)) },
    results: new ResultWriter(store, logger),
    store,
    heartbeats: new Heartbeats({
      store: { writeHeartbeat: async () => undefined, addReceivedBytes: async () => undefined },
      instance: "i-1",
      worker: "w",
      heartbeatIntervalMs: 10_000,
      now: Date.now,
      logger,
    }),
    isActive,
    download,
    origins,
    visibilitySeconds: 120,
    isMemoryTight: () => false,
    logger,
  });
  const ended = agent.serve();
  await store.until(tasks);
  agent.stop();
  await ended;
  await http.destroy();
}

/** Names of POPs at the edge, and of the distribution itself. @param dead POPs that do not resolve */
function resolverOf(edge: Edge, item: RequestItem, dead: ReadonlySet<string>): Resolver {
  return {
    addresses: async (name) => {
      const pop = /^[^.]+\.([^.]+)\.cloudfront\.net$/.exec(name)?.[1];
      const asked = pop ?? (item.distributions.some(({ names }) => names.includes(name)) ? item.pops[0] : undefined);
      const addresses = asked === undefined || dead.has(asked) ? [] : edge.addressesOf(asked);
      if (addresses.length === 0) throw new DnsLookupError(name, "ENOTFOUND", []);
      return [...addresses];
    },
    alias: async () => undefined,
  };
}

class MemoryResults implements ResultStore {
  readonly results = new Map<string, TaskResult>();
  private waiting: { readonly count: number; readonly resolve: () => void } | undefined;

  /** Resolves once so many tasks have a result. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = { count, resolve };
      this.check();
    });
  }

  async putGood(results: readonly TaskResult[]) {
    for (const result of results) this.results.set(result.pop_url, result);
    this.check();
    return [];
  }

  async putFailure(result: TaskResult): Promise<void> {
    if (this.results.get(result.pop_url)?.ok !== true) this.results.set(result.pop_url, result);
    this.check();
  }

  async putIfAbsent(results: readonly TaskResult[]): Promise<void> {
    for (const result of results) if (!this.results.has(result.pop_url)) this.results.set(result.pop_url, result);
    this.check();
  }

  async findExisting(keys: Parameters<ResultStore["findExisting"]>[0]) {
    const found = keys.map(({ pop_url }) => [pop_url, this.results.get(pop_url)] as const);
    return new Map(found.flatMap(([key, result]) => (result === undefined ? [] : [[key, result] as const])));
  }

  isTemporary(): boolean {
    return false;
  }

  private check(): void {
    if (this.waiting !== undefined && this.results.size >= this.waiting.count) this.waiting.resolve();
  }
}
