// Each function as its deps.ts builds it: which variable of the environment reaches which adapter, as AWS sees it.
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { metricNamespace } from "../../domain/metrics.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { timingsOf } from "../../domain/request/lifecycle.ts";
import type { Source } from "../../domain/request/source.ts";
import { DOCUMENT_LIMITS } from "../../domain/sources/limits.ts";
import { buildDeps as aggregation } from "../../lambdas/aggregation/deps.ts";
import { type ApiDeps, buildDeps as api } from "../../lambdas/api/deps.ts";
import { buildDeps as expand } from "../../lambdas/expand/deps.ts";
import { buildDeps as getSize } from "../../lambdas/get-size/deps.ts";
import { type ShutdownDeps, buildDeps as shutdown } from "../../lambdas/shutdown/deps.ts";
import { buildDeps as task } from "../../lambdas/task/deps.ts";
import { type WatchDeps, buildDeps as watch } from "../../lambdas/watch/deps.ts";
import { Walk } from "../../probe/sources/walk.ts";
import { Web } from "../../probe/sources/web.ts";
import { Distributions } from "../../tools/edge/distributions.ts";
import { type DnsServer, startDnsServer } from "../../tools/edge/dns.ts";
import { addressOf } from "../../tools/local/ports.ts";
import { foundFor } from "../probe/sources/site.ts";
import { type RecordingAws, type Resource, recordingAws } from "./fakes/named-environment.ts";
import { request } from "./items.ts";

const BUILDS = { aggregation, api, expand, "get-size": getSize, shutdown, task, watch };
const FUNCTIONS = Object.entries(BUILDS);

// What custom resources do, as functions.
const custom = vi.hoisted(() => ({ empty: async () => {}, deploy: async () => {} }));
vi.mock("../../lambdas/custom-resources.ts", () => ({
  createBucketEmptier: (_bucket: string, empty: typeof custom.empty) => Object.assign(custom, { empty }),
  createApiDeployer: (deploy: typeof custom.deploy) => Object.assign(custom, { deploy }),
}));

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

/** A call of each adapter that names each of its resources. */
type Adapters = ApiDeps & ShutdownDeps & WatchDeps;
const CALLS: { readonly [Name in keyof Adapters]?: (it: Adapters[Name]) => Promise<unknown> } = {
  requests: (it) => it.get("r").then(() => it.end("r", "FINISH")),
  requestPops: (it) => it.of("r").then(() => it.markSent("r", [])),
  results: (it) => it.of("r", 0, 1).next(),
  progress: (it) => it.count("r"),
  queue: ({ queues }) => queues.main.depth().then(() => queues.express.depth()),
  failedBatches: (it) => it.send("{}", "why"),
  settlements: (it) => it.requestSettlement("r"),
  shutdown: (it) => it.invoke("r"),
  lists: (it) => it.delete(LISTS.foundUrls, "r"),
  fleet: (it) => it.desiredCapacity(),
  tokens: (it) => it.read("t"),
  timer: (it) => it.cancel("r"),
  checkSchedule: (it) => it.cancel("r"),
  expandFunction: (it) => it.invoke("r"),
  deadLetters: (it) => it.depth(),
};

/** What is named by each adapter. A function that invokes itself has its name of Lambda. */
const resourcesOf = (name: string): Readonly<Record<string, readonly Resource[]>> => {
  const self = "AWS_LAMBDA_FUNCTION_NAME";
  const shutdown: Resource = name === "shutdown" ? self : "SHUTDOWN_ARN";
  return {
    requests: ["REQUEST_TABLE", shutdown],
    requestPops: ["REQUEST_POP_TABLE", "REQUEST_TABLE"],
    results: ["REQUEST_TASK_TABLE"],
    progress: ["PROGRESS_TABLE"],
    queue: ["QUEUE_URL", "EXPRESS_QUEUE_URL"],
    failedBatches: ["FAILED_BATCHES_URL"],
    settlements: ["PROGRESS_TABLE", shutdown],
    shutdown: [shutdown],
    lists: ["BUCKET"],
    fleet: ["GROUP_NAME"],
    tokens: ["PROGRESS_TABLE"],
    timer: ["SCHEDULE_GROUP"],
    checkSchedule: ["SCHEDULE_GROUP"],
    expandFunction: [name === "expand" ? self : "EXPAND_ARN"],
    deadLetters: ["DEAD_LETTER_QUEUE_URL"],
  };
};

test.each(FUNCTIONS)("%s names the resources of its environment, each where it belongs", async (name, build) => {
  const adapters = Object.entries(build()).filter(([key]) => key in CALLS);
  expect(adapters.length).toBeGreaterThan(7);
  for (const [key, adapter] of adapters) {
    const call = CALLS[key as keyof typeof CALLS] as (it: unknown) => Promise<unknown>;
    // Some adapters make several calls at once, whose order varies.
    const named = await aws.named(() => call(adapter));
    expect(named.toSorted(), key).toEqual(resourcesOf(name)[key]?.toSorted());
  }
});

test.each([
  ["empty-bucket", "empty", "BUCKET"],
  ["redeploy-api", "deploy", "REST_API"],
] as const)("%s names the resource of its environment", async (name, key, resource) => {
  await import(`../../lambdas/${name}/index.ts`);
  expect(await aws.named(() => custom[key]())).toEqual([resource]);
});

test.each(Object.keys(BUILDS))("%s/index.ts makes a handler of that", async (name) => {
  expect((await import(`../../lambdas/${name}/index.ts`)).handler).toBeInstanceOf(Function);
});

test("a console that is off has no page", async () => {
  const { handler } = await import("../../lambdas/console/index.ts");
  expect(await handler({ pathParameters: null })).toMatchObject({ statusCode: 404 });
});

const CAPS = { maxInstances: 31, maxTimeout: 37, maxActiveRequests: 41, maxTasks: 43, maxRequestBytes: 47 };
const TIMINGS = timingsOf(1_234);
const NAMESPACE = metricNamespace("the-group-name-x");
const ALLOWED = ["E1ALLOWED", "E2ALLOWED"];

/** Everything of a function that is no adapter and no function: its settings. */
const SETTINGS: Readonly<Record<keyof typeof BUILDS, object>> = {
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
  expand: { caps: { maxTasks: 43 } },
  "get-size": { errorCachingMs: 53_000, allowed: ALLOWED, timings: TIMINGS },
  shutdown: { timings: TIMINGS, apiUrl: "https://api.example.com/prod/", namespace: NAMESPACE },
  task: { caps: { maxTasks: 43, maxRequestBytes: 47 } },
  watch: { timings: TIMINGS, namespace: NAMESPACE },
};

test.each(FUNCTIONS)("%s has the settings of its environment", (name, build) => {
  expect(build()).toMatchObject(SETTINGS[name as keyof typeof BUILDS]);
});

test("get-size asks for sizes at the ports of its environment", () => {
  expect(getSize().ports).toEqual({ httpsPort: portOf("https"), httpPort: portOf("http") });
});

test.each([api, getSize, task])("%o asks the DNS of its environment, and takes private addresses", async (build) => {
  expect(await build().dns.addresses("d111111abcdef8.SIN2-P1.cloudfront.net")).toEqual(["127.0.0.1"]);
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
    const { dns, ports, loadProbes } = api();
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
    const { dns, ports, caps, loadProbes } = api();
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
  const { dns, ports, buckets } = expand();
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

test.each(FUNCTIONS)("%s counts what it cannot read in the namespace of its stack", async (name, build) => {
  const lines: string[] = [];
  const warned = vi.spyOn(console, "warn").mockImplementation((line: string) => void lines.push(line));
  aws.item = { req_id: { S: "r" } };
  await build()
    .requests.get("r")
    .catch(() => undefined);
  aws.item = undefined;
  warned.mockRestore();
  const [line] = lines.map((it) => JSON.parse(it));
  expect(line).toMatchObject({ service: name, _aws: { CloudWatchMetrics: [{ Namespace: NAMESPACE }] } });
});
