import { setTimeout as sleep } from "node:timers/promises";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { request } from "undici";
import { shardCount } from "../../domain/plan/task-key.ts";
import { POP_CODES } from "../../domain/pops/pop-codes.ts";
import { recOf } from "../../domain/pops/site-of.ts";
import { isTerminal } from "../../domain/request/status.ts";
import { ApiClient, type Progress } from "../local/api-client.ts";
import { type LocalPrewarm, startLocalPrewarm } from "../local/local-prewarm.ts";
import { readResults } from "../local/pop-report.ts";
import { freePort } from "../local/ports.ts";
import { type AwsProxy, startAwsProxy } from "./aws-proxy.ts";
import { type EdgeShares, edgeFaults } from "./edge-faults.ts";
import { type Aftermath, type Figures, figures, violations } from "./invariants.ts";
import { seededRandom } from "./random.ts";
import type { Rule } from "./rules.ts";

const HOST = "www.example.com";

export interface LabOptions {
  /** The same seed gives the same random numbers. What runs at the same time may still come in another order. */
  readonly seed: number;
  readonly urls: number;
  readonly pops: number;
  readonly instances: number;
  /** How many agents are killed, spread evenly over the tasks. */
  readonly kills: number;
  readonly rules: readonly Rule[];
  readonly edge: EdgeShares;
  /** Services that fail every call for some seconds, one after the other, while the tasks are done. */
  readonly blackouts: readonly { readonly service: string; readonly seconds: number }[];
  readonly patienceMs: number;
  readonly say: (line: string) => void;
}

export interface LabReport extends Figures {
  readonly tasks: number;
  readonly failed: number;
  readonly seconds: number;
  readonly injected: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** Runs a request with all the faults that the options name, and checks that it ends as if there were none. */
export async function runLab(options: LabOptions): Promise<LabReport> {
  const random = seededRandom(options.seed);
  const paths = Array.from({ length: options.urls }, (_, i) => `/objects/${i}.bin`);
  const pops = POP_CODES.slice(0, options.pops).map(({ pop }) => pop);
  const proxy = await startAwsProxy(await freePort(), random);
  const prewarm = await startLocalPrewarm({
    edge: {
      aliases: [HOST],
      pops: pops.map((pop) => ({ pop, rec: recOf(pop) ?? "none" })),
      site: Object.fromEntries(paths.map((path, i) => [path, { size: 1_000 + i }])),
    },
    // The Lambdas and the agents call AWS through the proxy. The lab itself does not.
    env: { AWS_ENDPOINT_URL: proxy.url, PREWARM_STALL_SECONDS: "5", PREWARM_FIRST_BYTE_SECONDS: "30" },
    say: options.say,
  });
  try {
    proxy.target = prewarm.aws.endpoint;
    const faults = edgeFaults(options.edge, random);
    prewarm.standIn?.edge.setFaults(faults.hook);
    const api = new ApiClient(prewarm.apiUrl, prewarm.apiKey);
    const urls = paths.map((path) => `https://${HOST}${path}`);
    const started = performance.now();
    const reqId = await patiently(() =>
      api.start({ url_list: urls, cf_domain: HOST, pops, timeout: 60, instance_count: options.instances }),
    );
    proxy.rules = options.rules;
    const dark = blackouts(proxy, options);
    const kills = await follow(prewarm, api, reqId, options, random);
    await dark;
    proxy.rules = [];
    prewarm.standIn?.edge.setFaults(undefined);
    const seconds = (performance.now() - started) / 1000;
    const planned = new Set(pops.flatMap((pop) => urls.map((url) => `${pop} ${url}`)));
    const after = await aftermath(prewarm, api, reqId, planned);
    return {
      tasks: planned.size,
      failed: after.progress.failed_count,
      seconds,
      injected: { ...proxy.injected, ...prefixed(faults.injected), "agents killed": kills },
      ...figures(after),
      violations: violations(after),
    };
  } finally {
    await prewarm.close();
    await proxy.close();
  }
}

/** Makes one service after the other fail for a while. It waits first until there are tasks to do. */
async function blackouts(proxy: AwsProxy, { blackouts, rules, say }: LabOptions): Promise<void> {
  for (const { service, seconds } of blackouts) {
    await sleep(3_000);
    say(`${service} is gone for ${seconds} s`);
    proxy.rules = [{ kind: "fail", service, share: 1 }, ...rules];
    await sleep(seconds * 1_000);
    proxy.rules = rules;
  }
}

/** Waits for the end, and kills an agent whenever another share of the tasks is done. Returns how many it killed. */
async function follow(
  prewarm: LocalPrewarm,
  api: ApiClient,
  reqId: string,
  options: LabOptions,
  random: () => number,
): Promise<number> {
  const deadline = Date.now() + options.patienceMs;
  let kills = 0;
  let last = "";
  while (Date.now() < deadline) {
    const progress = await patiently(() => api.progress(reqId));
    const line = `${progress.status} ${progress.download_count}/${progress.total_count}, ${kills} agents killed`;
    if (line !== last) options.say(line);
    last = line;
    if (isTerminal(progress.status)) return kills;
    // The first is due after a third of a share of the tasks, each of the others a whole share later: all before the
    // end.
    const due = Math.floor((progress.download_count / Math.max(1, progress.total_count)) * options.kills + 0.67);
    if (progress.download_count > 0 && kills < due && killOne(prewarm, random)) kills++;
    await sleep(150);
  }
  return kills;
}

function killOne({ fleet }: LocalPrewarm, random: () => number): boolean {
  const pids = fleet.pids();
  const pid = pids[Math.floor(random() * pids.length)];
  if (pid === undefined) return false;
  process.kill(pid, "SIGKILL");
  return true;
}

/** Calls of the API go wrong, too. One that failed is made again, as a user would do. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(200 * attempt);
    }
  }
}

async function aftermath(
  prewarm: LocalPrewarm,
  api: ApiClient,
  reqId: string,
  planned: ReadonlySet<string>,
): Promise<Aftermath> {
  const settled = async () => ({
    messages: await messagesLeft(prewarm),
    capacity: prewarm.fleet.size,
    schedules: (await prewarm.clients.scheduler.send(new ListSchedulesCommand({}))).Schedules?.length ?? 0,
  });
  let left = await settled();
  // Messages, instances and timers go a moment after the status says that the request has ended.
  for (let i = 0; i < 60 && left.messages + left.capacity + left.schedules > 0; i++) {
    await sleep(1_000);
    left = await settled();
  }
  const progress: Progress = await api.progress(reqId);
  const terminal = isTerminal(progress.status);
  return {
    progress,
    results: await readResults(prewarm, reqId, shardCount(planned.size)),
    reportRows: terminal ? await reportRows(api, reqId) : Number.NaN,
    planned,
    ...left,
  };
}

async function messagesLeft({ clients, deployed }: LocalPrewarm): Promise<number> {
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: deployed.resource("PrewarmTaskQueueTasks", "AWS::SQS::Queue"),
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
}

async function reportRows(api: ApiClient, reqId: string): Promise<number> {
  const summary = await api.summary(reqId);
  const answer = await request(summary.failure_pop_urls_report);
  return (await answer.body.text()).trim().split("\n").length - 1;
}

function prefixed(injected: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(injected).map(([kind, count]) => [`edge: ${kind}`, count]));
}
