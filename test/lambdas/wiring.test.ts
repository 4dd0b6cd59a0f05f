// Each function as its index.ts builds it: which variable of the environment reaches which adapter, as AWS sees it.
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { AsyncFunction } from "../../aws/async-function.ts";
import { ClientTokens } from "../../aws/client-tokens.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { Dns } from "../../aws/dns.ts";
import { Fleet } from "../../aws/fleet.ts";
import { Lists } from "../../aws/lists.ts";
import { ProgressTable } from "../../aws/progress-table.ts";
import { RequestPopTable } from "../../aws/request-pop-table.ts";
import { RequestReader, RequestTable } from "../../aws/request-table.ts";
import { RequestTaskTable } from "../../aws/request-task-table.ts";
import { SettlementRequests } from "../../aws/settlement-requests.ts";
import { MainAndExpressQueues, SqsTaskQueue } from "../../aws/task-queue.ts";
import { Timer } from "../../aws/timer.ts";
import { metricNamespace } from "../../domain/metrics.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { timingsOf } from "../../domain/request/lifecycle.ts";
import type { Source } from "../../domain/request/source.ts";
import { DOCUMENT_LIMITS } from "../../domain/sources/limits.ts";
import type { ApiDeps } from "../../lambdas/api/deps.ts";
import type { ExpandDeps } from "../../lambdas/expand/deps.ts";
import { Walk } from "../../probe/sources/walk.ts";
import { Web } from "../../probe/sources/web.ts";
import { Distributions } from "../../tools/edge/distributions.ts";
import { type DnsServer, startDnsServer } from "../../tools/edge/dns.ts";
import { addressOf } from "../../tools/local/ports.ts";
import { foundFor } from "../probe/sources/site.ts";
import { type RecordingAws, type Resource, recordingAws } from "./fakes/named-environment.ts";
import { request } from "./items.ts";

// Each handler's maker hands out what its index.ts gave it.
const given = vi.hoisted(() => {
  const all = new Map<string, Readonly<Record<string, unknown>>>();
  const make = (name: string) => (deps: Readonly<Record<string, unknown>>) => all.set(name, deps);
  return {
    all,
    make,
    as: (name: string) => async (importOriginal: () => Promise<object>) => ({
      ...(await importOriginal()),
      createHandler: make(name),
    }),
  };
});
vi.mock("../../lambdas/aggregation/handler.ts", given.as("aggregation"));
vi.mock("../../lambdas/api/handler.ts", given.as("api"));
vi.mock("../../lambdas/console/handler.ts", given.as("console"));
vi.mock("../../lambdas/custom-resources.ts", () => ({
  createBucketEmptier: (_bucket: string, empty: unknown) => given.all.set("empty-bucket", { empty }),
  createApiDeployer: (deploy: unknown) => given.all.set("redeploy-api", { deploy }),
}));
vi.mock("../../lambdas/expand/handler.ts", given.as("expand"));
vi.mock("../../lambdas/get-size/handler.ts", given.as("get-size"));
vi.mock("../../lambdas/shutdown/handler.ts", given.as("shutdown"));
vi.mock("../../lambdas/task/handler.ts", given.as("task"));
vi.mock("../../lambdas/watch/handler.ts", given.as("watch"));

const HOST = "www.example.com";

let aws: RecordingAws;
let dnsServer: DnsServer;
/** Two ports, of which each has nothing; and how many connections each took. The first talks no TLS: a handshake fails. */
const ports = {
  https: { server: undefined as Server | undefined, taken: 0 },
  http: { server: undefined as Server | undefined, taken: 0 },
};

async function listen(port: keyof typeof ports): Promise<number> {
  const server = createServer((_request, response) => void response.writeHead(404).end());
  server.on("connection", () => void ports[port].taken++);
  ports[port].server = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return addressOf(server).port;
}

beforeAll(async () => {
  aws = await recordingAws();
  const alias = { domain: "d111111abcdef8.cloudfront.net", aliases: [HOST] };
  dnsServer = await startDnsServer({
    distributions: new Distributions([alias]),
    addressesOf: new Map([["SIN2-P1", ["127.0.0.1"]]]),
    nearest: ["127.0.0.1"],
  });
  const env = {
    ...aws.env,
    POWERTOOLS_DEV: "true",
    PREWARM_DNS_SERVERS: dnsServer.address,
    PREWARM_HTTPS_PORT: String(await listen("https")),
    PREWARM_HTTP_PORT: String(await listen("http")),
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  await Promise.all([
    import("../../lambdas/aggregation/index.ts"),
    import("../../lambdas/api/index.ts"),
    import("../../lambdas/console/index.ts"),
    import("../../lambdas/empty-bucket/index.ts"),
    import("../../lambdas/expand/index.ts"),
    import("../../lambdas/get-size/index.ts"),
    import("../../lambdas/redeploy-api/index.ts"),
    import("../../lambdas/shutdown/index.ts"),
    import("../../lambdas/task/index.ts"),
    import("../../lambdas/watch/index.ts"),
  ]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  aws.close();
  await dnsServer.close();
  for (const { server } of Object.values(ports)) server?.close();
});

function portOf(port: keyof typeof ports): number {
  const { server } = ports[port];
  if (server === undefined) throw new Error(`nobody listens as ${port}`);
  return addressOf(server).port;
}

function depsOf(name: string): Readonly<Record<string, unknown>> {
  const deps = given.all.get(name);
  if (deps === undefined) throw new Error(`${name} made no handler`);
  return deps;
}

/** A call of an adapter that names each of its resources. The order matters: a subclass comes first. */
function callOf(it: unknown): (() => Promise<unknown>) | undefined {
  if (it instanceof RequestTable) return () => it.get("r").then(() => it.end("r", "FINISH"));
  if (it instanceof RequestReader) return () => it.get("r");
  if (it instanceof RequestPopTable) return () => it.of("r").then(() => it.markSent("r", []));
  if (it instanceof RequestTaskTable) return () => it.of("r", 0, 1).next();
  if (it instanceof ProgressTable) return () => it.count("r");
  if (it instanceof SettlementRequests) return () => it.requestSettlement("r");
  if (it instanceof ClientTokens) return () => it.read("t");
  if (it instanceof AsyncFunction) return () => it.invoke("r");
  if (it instanceof SqsTaskQueue) return () => it.depth();
  if (it instanceof DeadLetterQueue) return () => it.send("{}", "why");
  if (it instanceof MainAndExpressQueues) return () => it.queues.main.depth().then(() => it.queues.express.depth());
  if (it instanceof Lists) return () => it.delete(LISTS.foundUrls, "r");
  if (it instanceof Fleet) return () => it.desiredCapacity();
  if (it instanceof Timer) return () => it.cancel("r");
  return undefined;
}

/** What each function of the pipeline has, by the name that it knows Shutdown by. */
const tablesAndQueues = (shutdown: Resource): Readonly<Record<string, readonly Resource[]>> => ({
  requests: ["REQUEST_TABLE", shutdown],
  requestPops: ["REQUEST_POP_TABLE", "REQUEST_TABLE"],
  results: ["REQUEST_TASK_TABLE"],
  progress: ["PROGRESS_TABLE"],
  queue: ["QUEUE_URL", "EXPRESS_QUEUE_URL"],
  failedBatches: ["FAILED_BATCHES_URL"],
  shutdown: [shutdown],
  settlements: ["PROGRESS_TABLE", shutdown],
});

/** Each but Aggregation, which needs neither the bucket nor the fleet. */
const shared = (shutdown: Resource): Readonly<Record<string, readonly Resource[]>> => ({
  ...tablesAndQueues(shutdown),
  lists: ["BUCKET"],
  fleet: ["GROUP_NAME"],
});

/** What custom resources do, as functions. */
const CUSTOM_RESOURCES = ["empty", "deploy"];

/** What is named by each adapter of a function. Some adapters make several calls at once, whose order varies. */
const NAMED: Readonly<Record<string, Readonly<Record<string, readonly Resource[]>>>> = {
  aggregation: tablesAndQueues("SHUTDOWN_ARN"),
  api: {
    ...shared("SHUTDOWN_ARN"),
    tokens: ["PROGRESS_TABLE"],
    timer: ["SCHEDULE_GROUP"],
  },
  "empty-bucket": { empty: ["BUCKET"] },
  expand: {
    ...shared("SHUTDOWN_ARN"),
    expandFunction: ["AWS_LAMBDA_FUNCTION_NAME"],
  },
  "get-size": { ...shared("SHUTDOWN_ARN"), expandFunction: ["EXPAND_ARN"] },
  "redeploy-api": { deploy: ["REST_API"] },
  shutdown: {
    ...shared("AWS_LAMBDA_FUNCTION_NAME"),
    timer: ["SCHEDULE_GROUP"],
    checkSchedule: ["SCHEDULE_GROUP"],
  },
  task: {
    ...shared("SHUTDOWN_ARN"),
  },
  watch: {
    ...shared("SHUTDOWN_ARN"),
    expandFunction: ["EXPAND_ARN"],
    deadLetters: ["DEAD_LETTER_QUEUE_URL"],
  },
};

test.each(Object.keys(NAMED))("%s names the resources of its environment, each where it belongs", async (name) => {
  const found: Record<string, Resource[]> = {};
  for (const [key, it] of Object.entries(depsOf(name))) {
    const call = CUSTOM_RESOURCES.includes(key) ? (it as () => Promise<unknown>) : callOf(it);
    if (call !== undefined) found[key] = (await aws.named(call)).toSorted();
  }
  const named = Object.entries(NAMED[name] ?? {}).map(([key, resources]) => [key, resources.toSorted()]);
  expect(found).toEqual(Object.fromEntries(named));
});

const CAPS = { maxInstances: 31, maxTimeout: 37, maxActiveRequests: 41, maxTasks: 43, maxRequestBytes: 47 };
const TIMINGS = timingsOf(1_234);
const NAMESPACE = metricNamespace("the-group-name-x");
const ALLOWED = ["E1ALLOWED", "E2ALLOWED"];

/** Everything of a function that is no adapter and no function: its settings. */
const SETTINGS: Readonly<Record<string, object>> = {
  aggregation: { namespace: NAMESPACE },
  api: {
    timings: TIMINGS,
    timerTarget: { functionArn: "the-shutdown-arn-x", roleArn: "the-schedule-role-arn-x" },
    allowed: ALLOWED,
    caps: CAPS,
    kind: { type: "c7gn.xlarge", vcpus: 4, spotHour: 0.77, hour: expect.closeTo(0.6399, 6), onDemandPercent: 25 },
    instanceTypes: ["m7gn.4xlarge", "c7gn.xlarge", "c6gn.large"],
    deployment: { env_name: "staging", region: "eu-west-1", version: "7.8.9", private: true },
    sourceBuckets: ["the-source-buckets-x"],
  },
  "empty-bucket": {},
  expand: { caps: { maxTasks: 43 } },
  "get-size": { errorCachingMs: 53_000, allowed: ALLOWED, timings: TIMINGS },
  "redeploy-api": {},
  shutdown: { timings: TIMINGS, apiUrl: "https://api.example.com/prod/", namespace: NAMESPACE },
  task: { caps: { maxTasks: 43, maxRequestBytes: 47 } },
  watch: { timings: TIMINGS, namespace: NAMESPACE },
};

test.each(Object.keys(SETTINGS))("%s has the settings of its environment", (name) => {
  expect(depsOf(name)).toMatchObject(SETTINGS[name] ?? {});
});

test("get-size asks for sizes at the ports of its environment", () => {
  expect(depsOf("get-size")["ports"]).toEqual({ httpsPort: portOf("https"), httpPort: portOf("http") });
});

test("a console that is off has no files", () => {
  expect(depsOf("console")).toEqual(new Map());
});

describe("look-ups", () => {
  test.each(["api", "get-size", "task"])(
    "%s asks the DNS of its environment, and takes private addresses",
    async (name) => {
      const { dns } = depsOf(name);
      expect(dns).toBeInstanceOf(Dns);
      expect(dns instanceof Dns && (await dns.addresses("d111111abcdef8.SIN2-P1.cloudfront.net"))).toEqual([
        "127.0.0.1",
      ]);
    },
  );
});

/** Which port took connections while something ran. */
async function connections(run: () => Promise<unknown>): Promise<{ https: boolean; http: boolean }> {
  const before = { https: ports.https.taken, http: ports.http.taken };
  await run().catch(() => undefined);
  return { https: ports.https.taken > before.https, http: ports.http.taken > before.http };
}

describe.each(["https", "http"] as const)("%s:// is asked at its own port", (scheme) => {
  const url = `${scheme}://${HOST}/x`;
  const only = { https: scheme === "https", http: scheme === "http" };
  const source: Source = { type: "list", url };

  test("by the sizes of a dry run", async () => {
    const { dns, ports, loadProbes } = given.all.get("api") as unknown as ApiDeps;
    const { sampleSizes } = await loadProbes();
    const distribution = {
      label: "d111111abcdef8",
      domain: "d111111abcdef8.cloudfront.net",
      names: [HOST],
      hosts: [HOST],
    };
    const options = { dns, ports, request: request(), distributions: [distribution], timeMs: 300 };
    expect(await connections(() => sampleSizes(options, [{ url, variants: [undefined] }]))).toEqual(only);
  });

  test("by the sources of a dry run", async () => {
    const { dns, ports, caps, loadProbes } = given.all.get("api") as unknown as ApiDeps;
    const { readSourcesFor } = await loadProbes();
    const options = { dns, ports, caps, ownDistributions: [], timeMs: 300 };
    const asked = { item: request({ sources: [source] }), urls: [], warnings: [] };
    expect(await connections(() => readSourcesFor(options, asked))).toEqual(only);
  });

  test("by the sources that Expand reads", async () => {
    expect(await connections(() => walkOf(source).read(() => "a step"))).toEqual(only);
  });
});

/** A walk as Expand has it. */
function walkOf(source: Source) {
  const { dns, ports, buckets } = given.all.get("expand") as unknown as ExpandDeps;
  const deps = { web: new Web({ dns, ports, header: [] }), buckets, limits: DOCUMENT_LIMITS };
  return new Walk(deps, [source], foundFor([source]));
}

test("Expand reads the buckets of its environment, and no others", async () => {
  const read = (bucket: string) => {
    const source: Source = { type: "s3-prefix", s3: `s3://${bucket}/videos/`, base: `https://${HOST}/` };
    return aws.named(() =>
      walkOf(source)
        .read(() => "a step")
        .catch(() => undefined),
    );
  };
  expect(await read("the-source-buckets-x")).toEqual(["SOURCE_BUCKETS"]);
  expect(await read("the-bucket-x")).toEqual([]);
});

test.each(["api", "expand", "get-size", "shutdown", "task", "watch", "aggregation"])(
  "%s counts what it cannot read in the namespace of its stack",
  async (name) => {
    const lines: string[] = [];
    const warned = vi.spyOn(console, "warn").mockImplementation((line: string) => void lines.push(line));
    aws.item = { req_id: { S: "r" } };
    const { requests } = depsOf(name);
    if (!(requests instanceof RequestReader)) throw new Error(`${name} reads no requests`);
    await requests.get("r").catch(() => undefined);
    aws.item = undefined;
    warned.mockRestore();
    const [line] = lines.map((it) => JSON.parse(it));
    expect(line).toMatchObject({ service: name, _aws: { CloudWatchMetrics: [{ Namespace: NAMESPACE }] } });
  },
);
