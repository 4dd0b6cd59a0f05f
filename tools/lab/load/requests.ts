import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { resultShardCount } from "../../../domain/plan/task.ts";
import { isTerminal } from "../../../domain/request/lifecycle.ts";
import { retry } from "../../../domain/retry.ts";
import type { SiteObject } from "../../edge/site.ts";
import type { LocalPrewarm } from "../../local/local-prewarm.ts";
import { ending } from "../../local/processes.ts";
import { readResults, reportRows } from "../../local/results.ts";
import { HOST } from "../../local/world.ts";
import {
  inOrder,
  type LabRun,
  type Leftovers,
  type RequestSeen,
  requestOf,
  type Step,
  taskOf,
} from "../engine/scenario.ts";
import { TASK_QUEUES, type World } from "../world/world.ts";

export interface RequestPlan {
  /** By which checks and other steps find it. */
  readonly name: string;
  /** What is warmed, by path. The origin has it from then on. */
  readonly files: Readonly<Record<string, SiteObject>>;
  /** How fast the bodies come at most. @default without a limit */
  readonly bytesPerSecond?: number;
  /** @default all of the world's */
  readonly pops?: readonly string[];
  /** @default `www.example.com` */
  readonly host?: string;
  /** Further fields of the body of POST /prewarm. @default two instances, 120 minutes */
  readonly body?: { readonly variants?: readonly { readonly name: string }[] } & Readonly<Record<string, unknown>>;
  /** How long it may last until the run takes it for failed. @default 900 */
  readonly seconds?: number;
}

const POLL_MS = 200;
/** What goes a moment after a request has ended: messages, instances, timers. */
const SETTLING_SECONDS = 60;

/** Starts a request and waits for its end. */
export function request(plan: RequestPlan): Step {
  return inOrder(start(plan), ended(plan.name, plan.seconds));
}

/** Starts a request. Some steps later, `ended` waits for its end, or `stop` ends it. */
export function start({ name, files, bytesPerSecond, pops: some, host = HOST, body = {} }: RequestPlan): Step {
  return async ({ world, seen, say }) => {
    const pops = some ?? world.pops;
    const paths = Object.keys(files);
    for (const [path, object] of Object.entries(files)) world.edge.addObject(path, object);
    if (bytesPerSecond !== undefined) world.watch.slow(paths, bytesPerSecond);
    const urls = paths.map((path) => `https://${host}${path}`);
    const { variants = [] } = body;
    const names = variants.length === 0 ? [undefined] : variants.map((it) => it.name);
    const whole = { url_list: urls, cf_domain: host, pops, timeout: 120, instance_count: 2, ...body };
    const startedAt = Date.now();
    // Calls that fail are made again: with the same token, a second attempt starts no second request.
    const client_token = randomUUID();
    const reqId = (await withRetries(() => world.api.start({ ...whole, client_token }))).value.request_id;
    say(`${name}: ${urls.length * pops.length * names.length} tasks`);
    seen.requests.set(name, {
      name,
      reqId,
      paths,
      pops,
      planned: new Set(pops.flatMap((pop) => urls.flatMap((url) => names.map((it) => taskOf(pop, url, it))))),
      startedAt,
      endedAt: Number.NaN,
      progress: (await withRetries(() => world.api.progress(reqId))).value,
      samples: [],
      results: [],
      reportRows: Number.NaN,
      failedUrls: [],
      processor: Number.NaN,
      requeues: Number.NaN,
      holders: new Map(),
    });
  };
}

/** Waits for the end of a request, and reads what it left, unless the run is over. After so many seconds, it is read as it is. */
export function ended(name: string, patience = 900): Step {
  return async (run) => {
    const it = requestOf(run.seen, name);
    await until(name, ({ progress }) => isTerminal(progress.status), patience)(run);
    if (run.over.aborted) return;
    it.endedAt = Date.now();
    it.processor = (loadavg()[0] ?? Number.NaN) / availableParallelism();
    it.results = await resultsOf(run.world, it.reqId, it.progress.total_count);
    it.holders = new Map(it.paths.map((path) => [path, run.world.edge.holders(path)]));
    const seconds = ((it.endedAt - it.startedAt) / 1_000).toFixed(1);
    run.say(`${name}: ${it.progress.status} after ${seconds} s, load ${Math.round(100 * it.processor)}%`);
  };
}

/** Reads the progress of a request until it is as wanted, or has ended, or the seconds are over. */
export function until(name: string, isWanted: (seen: RequestSeen) => boolean, seconds = 900): Step {
  return async ({ world, seen, over }) => {
    const it = requestOf(seen, name);
    const deadline = Date.now() + seconds * 1_000;
    while (!isWanted(it) && !isTerminal(it.progress.status) && Date.now() < deadline && !over.aborted) {
      await sleep(POLL_MS);
      await sample(world, it);
    }
  };
}

async function sample({ api }: World, it: RequestSeen): Promise<void> {
  it.progress = (await withRetries(() => api.progress(it.reqId))).value;
  it.samples.push({ ...it.progress, at: Date.now() });
}

/** Stops a request. @param instances how many are left for the others */
export function stop(name: string, instances = 0): Step {
  return async ({ world, seen, say }) => {
    const it = requestOf(seen, name);
    await sample(world, it);
    // It may have ended: then it was no load, and the check of that says so.
    if (isTerminal(it.progress.status)) return;
    say(`${name} is stopped`);
    await withRetries(() => world.api.stop(it.reqId, instances));
  };
}

/** Notes that something changes now. */
export const mark: Step = async ({ seen }) => void seen.marks.push(Date.now());

/** Reads the progress of a request once. */
export function sampleProgress(name: string): Step {
  return async ({ world, seen }) => sample(world, requestOf(seen, name));
}

export function wait(seconds: number): Step {
  return (run) => pause(run, seconds);
}

/** Resolves once a request is accepted, or the run is over. */
export async function firstRequest({ seen, over }: LabRun): Promise<void> {
  while (seen.requests.size === 0 && !over.aborted) await sleep(50);
}

/** Ends early if the run is over. @param seconds @default until then */
export async function pause({ over }: Pick<LabRun, "over">, seconds?: number): Promise<void> {
  if (over.aborted) return;
  const ms = seconds === undefined ? 2 ** 31 - 1 : seconds * 1_000;
  await sleep(ms, undefined, { signal: over }).catch(() => undefined);
}

/** Waits until the agents have gone and the queues are empty, then reads what all requests left, unless the run is over. */
export async function settle(run: Pick<LabRun, "world" | "seen" | "over">): Promise<void> {
  const { world, seen } = run;
  const { api, edge, watch, links } = world;
  let left = await leftovers(world);
  for (let i = 0; i < SETTLING_SECONDS && left.messages + left.instances + left.timers > 0; i++) {
    await pause(run, 1);
    if (run.over.aborted) return;
    left = await leftovers(world);
  }
  seen.left.push(left);
  for (const it of seen.requests.values()) {
    it.progress = (await api.progress(it.reqId)).value;
    if (world.direct === undefined) it.requeues = await requeuesOf(world.prewarm, it.reqId);
    if (!isTerminal(it.progress.status)) continue;
    const { failure_pop_urls_report: url, failure_urls } = (await api.summary(it.reqId)).value;
    it.failedUrls = failure_urls;
    it.reportRows = reportRows(await textAt(url)).length;
  }
  seen.gets = watch.gets;
  seen.origin = edge.originRequests();
  seen.addresses = new Map(world.pops.map((pop) => [pop, edge.addressesOf(pop)]));
  seen.links = [...links.values()].map(({ launchedAt, told }) => ({ launchedAt, ...told() }));
  // Their instances have gone, and a scenario may have hundreds of them.
  await Promise.all([...links.values()].map((link) => link.close()));
}

async function textAt(url: string): Promise<string> {
  if (url.startsWith("file:")) return readFile(fileURLToPath(url), "utf8");
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`A report has status ${answer.status}: ${url} ${text}`);
  return text;
}

async function resultsOf(world: World, reqId: string, tasks: number): Promise<RequestSeen["results"]> {
  return world.direct?.results(reqId) ?? readResults(world.prewarm, reqId, resultShardCount(tasks));
}

/** The tasks whose results stand now. */
export async function finishedTasks({ world, seen }: LabRun): Promise<Set<string>> {
  const all = [...seen.requests.values()].map(({ reqId, planned }) => resultsOf(world, reqId, planned.size));
  return new Set((await Promise.all(all)).flat().map(({ pop, url, variant }) => taskOf(pop, url, variant)));
}

/** Calls of the API go wrong, too. One that failed is made again, as a user would do. */
export function withRetries<T>(call: () => Promise<T>): Promise<T> {
  return retry(call, { attempts: 10, firstMs: 200, longestMs: 2_000, retryOnError: () => true, signal: ending.signal });
}

async function leftovers(world: World): Promise<Leftovers> {
  const { direct } = world;
  if (direct !== undefined) return { messages: 0, deadLetters: 0, instances: direct.processes, timers: 0 };
  const { clients, deployed, fleet } = world.prewarm;
  const messagesIn = async (queue: string) => {
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: deployed.resource(queue, "AWS::SQS::Queue"),
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
  };
  const [tasks = 0, express = 0] = await Promise.all(TASK_QUEUES.map(messagesIn));
  return {
    messages: tasks + express,
    deadLetters: await messagesIn("PrewarmTaskQueueDeadLetters"),
    instances: fleet.size + fleet.stopping,
    timers: (await clients.scheduler.send(new ListSchedulesCommand({}))).Schedules?.length ?? 0,
  };
}

const requeuesSchema = z.object({ requeues: z.number().default(0) });

async function requeuesOf({ clients, deployed }: LocalPrewarm, reqId: string): Promise<number> {
  const TableName = deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table");
  const { Item } = await clients.db.send(new GetCommand({ TableName, Key: { req_id: reqId } }));
  return requeuesSchema.parse(Item).requeues;
}
