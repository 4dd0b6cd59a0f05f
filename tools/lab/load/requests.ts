import { randomUUID } from "node:crypto";
import { availableParallelism, loadavg } from "node:os";
import { RequestReader } from "../../../aws/request-table.ts";
import type { Progress } from "../../../client/answers.ts";
import { resultShardCount } from "../../../domain/plan/task.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { pause as pauseUntil, retry } from "../../../domain/retry.ts";
import type { SiteObject } from "../../edge/site.ts";
import { inventoryOf } from "../../local/inventory.ts";
import type { LocalPrewarm } from "../../local/local-prewarm.ts";
import { readResults, reportRows } from "../../local/results.ts";
import { HOST } from "../../local/world.ts";
import { inOrder, type LabRun, type ObservedRequest, requestOf, type Step, taskOf } from "../engine/scenario.ts";
import { ATTEMPTS, type World } from "../world/world.ts";

interface RequestPlan {
  /** By which checks and other steps find it. */
  readonly name: string;
  /** What is warmed, by path. The origin has it from then on. */
  readonly files: Readonly<Record<string, SiteObject>>;
  /** How fast the bodies come at most. @default without a limit */
  readonly bytesPerSecond?: number;
  /** @default all of the world's */
  readonly pops?: readonly string[];
  /** Further fields of the body of POST /prewarm. @default two instances, 120 minutes */
  readonly body?: { readonly variants?: readonly { readonly name: string }[] } & Readonly<Record<string, unknown>>;
}

const POLL_SECONDS = 0.2;
/** After this long, a request is taken for failed. */
const MAX_SECONDS = 900;
/** What goes a moment after a request has ended: messages, instances, timers. */
const SETTLING_SECONDS = 60;

/** Starts a request and waits for its end. */
export function request(plan: RequestPlan): Step {
  return inOrder(start(plan), ended(plan.name));
}

/** Starts a request. Some steps later, `ended` waits for its end, or `stop` ends it. */
export function start({ name, files, bytesPerSecond, pops: some, body = {} }: RequestPlan): Step {
  return async ({ world, observed, say }) => {
    const pops = some ?? world.pops;
    const paths = Object.keys(files);
    for (const [path, object] of Object.entries(files)) world.edge.addObject(path, object);
    if (bytesPerSecond !== undefined) world.watch.slow(paths, bytesPerSecond);
    const urls = paths.map((path) => `https://${HOST}${path}`);
    const { variants = [] } = body;
    const names = variants.length === 0 ? [undefined] : variants.map((it) => it.name);
    const whole = { url_list: urls, cf_domain: HOST, pops, timeout: 120, instance_count: 2, ...body };
    const startedAt = Date.now();
    // With the same token, a second attempt starts no second request.
    const reqId = (await world.api.start({ ...whole, client_token: randomUUID() })).value.request_id;
    say(`${name}: ${urls.length * pops.length * names.length} tasks`);
    observed.requests.set(name, {
      name,
      reqId,
      paths,
      pops,
      planned: new Set(pops.flatMap((pop) => urls.flatMap((url) => names.map((it) => taskOf(pop, url, it))))),
      startedAt,
      endedAt: Number.NaN,
      progress: await progressOf(world, reqId),
      samples: [],
      results: [],
      reportRows: Number.NaN,
      failedUrls: [],
      requeues: Number.NaN,
      holders: new Map(),
    });
  };
}

/** Waits for the end of a request, and reads what it left, unless the run is over. One that does not end is read as it is. */
export function ended(name: string): Step {
  return async (run) => {
    const it = requestOf(run.observed, name);
    await until(name, ({ progress }) => isTerminal(progress.status))(run);
    if (run.signal.aborted) return;
    it.endedAt = Date.now();
    it.results = await readResults(run.world.prewarm, it.reqId, resultShardCount(it.progress.total_count));
    it.holders = new Map(it.paths.map((path) => [path, run.world.edge.holders(path)]));
    const load = (loadavg()[0] ?? Number.NaN) / availableParallelism();
    const seconds = ((it.endedAt - it.startedAt) / 1_000).toFixed(1);
    run.say(`${name}: ${it.progress.status} after ${seconds} s, load ${Math.round(100 * load)}%`);
  };
}

/** Reads the progress of a request until it is as wanted, or has ended, or has lasted too long. */
export function until(name: string, isWanted: (observed: ObservedRequest) => boolean): Step {
  return async (run) => {
    const it = requestOf(run.observed, name);
    await poll(run, async () => {
      await sample(run.world, it);
      return isWanted(it) || isTerminal(it.progress.status);
    });
  };
}

async function sample(world: World, it: ObservedRequest): Promise<void> {
  it.progress = await progressOf(world, it.reqId);
  it.samples.push({ ...it.progress, at: Date.now() });
}

/** The client asks once for it: whoever follows a request asks again anyway. */
async function progressOf({ api }: World, reqId: string): Promise<Progress> {
  const read = async () => (await api.progress(reqId)).value;
  return retry(read, { attempts: ATTEMPTS, firstMs: 200, longestMs: 2_000, retryOnError: () => true });
}

/** Stops a request. @param instances how many are left for the others */
export function stop(name: string, instances = 0): Step {
  return async ({ world, observed, say }) => {
    const it = requestOf(observed, name);
    await sample(world, it);
    // It may have ended: then it was no load, and the check of that says so.
    if (isTerminal(it.progress.status)) return;
    say(`${name} is stopped`);
    await world.api.stop(it.reqId, instances);
  };
}

/** Notes that something changes now. */
export const mark: Step = async ({ observed }) => void observed.marks.push(Date.now());

export function wait(seconds: number): Step {
  return (run) => pause(run, seconds);
}

/** Resolves once a request is accepted, or the run is over. */
export const firstRequest: Step = async (run) =>
  poll(run, () => run.observed.requests.size > 0, Number.POSITIVE_INFINITY);

type Lasting = Pick<LabRun, "signal">;

/** Looks until it is as wanted, the run is over, or the seconds are. */
export async function poll(
  run: Lasting,
  isWanted: () => boolean | Promise<boolean>,
  seconds = MAX_SECONDS,
): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!run.signal.aborted && !(await isWanted()) && Date.now() < deadline) await pause(run, POLL_SECONDS);
}

/** Ends early if the run is over. @param seconds @default until then */
export async function pause({ signal }: Lasting, seconds?: number): Promise<void> {
  await pauseUntil(seconds === undefined ? 2 ** 31 - 1 : seconds * 1_000, signal);
}

/** Waits until the agents have gone and the queues are empty, then reads what all requests left, unless the run is over. */
export async function settle(run: Pick<LabRun, "world" | "observed" | "signal">): Promise<void> {
  const { world, observed } = run;
  const { prewarm, api, edge, watch, links } = world;
  let left = await inventoryOf(prewarm);
  const isAllGone = async () => {
    left = await inventoryOf(prewarm);
    return left.messages + left.instances + left.timers === 0;
  };
  await poll(run, isAllGone, SETTLING_SECONDS);
  if (run.signal.aborted) return;
  observed.inventories.push(left);
  for (const it of observed.requests.values()) {
    it.progress = await progressOf(world, it.reqId);
    it.requeues = await requeuesOf(prewarm, it.reqId);
    if (!isTerminal(it.progress.status)) continue;
    const { failure_pop_urls_report: url, failure_urls } = (await api.summary(it.reqId)).value;
    it.failedUrls = failure_urls;
    it.reportRows = reportRows(await textAt(url)).length;
  }
  observed.gets = watch.gets;
  observed.origin = edge.originRequests();
  // Their instances have gone, and a scenario may have hundreds of them.
  await Promise.all([...links.values()].map((link) => link.close()));
}

async function textAt(url: string): Promise<string> {
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`A report has status ${answer.status}: ${url} ${text}`);
  return text;
}

async function requeuesOf({ clients, deployed }: LocalPrewarm, reqId: string): Promise<number> {
  const table = deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table");
  const item = await new RequestReader(clients.db, table, () => undefined).get(reqId);
  return item?.requeues ?? Number.NaN;
}
