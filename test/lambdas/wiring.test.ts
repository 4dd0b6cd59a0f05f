// Each function as its deps.ts builds it: which variable of the environment reaches which adapter, as AWS sees it.
import { metricNamespace } from "../../domain/metrics.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { timingsOf } from "../../domain/request/lifecycle.ts";
import { buildDeps as aggregation } from "../../lambdas/aggregation/deps.ts";
import { type ApiDeps, buildDeps as api } from "../../lambdas/api/deps.ts";
import { buildDeps as expand } from "../../lambdas/expand/deps.ts";
import { buildDeps as getSize } from "../../lambdas/get-size/deps.ts";
import { type ShutdownDeps, buildDeps as shutdown } from "../../lambdas/shutdown/deps.ts";
import { buildDeps as task } from "../../lambdas/task/deps.ts";
import { type WatchDeps, buildDeps as watch } from "../../lambdas/watch/deps.ts";
import { Distributions } from "../../tools/edge/distributions.ts";
import { type DnsServer, startDnsServer } from "../../tools/edge/dns.ts";
import { type RecordingAws, type Resource, recordingAws } from "./fakes/named-environment.ts";

const BUILDS = { aggregation, api, expand, "get-size": getSize, shutdown, task, watch };
const FUNCTIONS = Object.entries(BUILDS);

// What custom resources do, as functions.
const custom = vi.hoisted(() => ({ empty: async () => {}, deploy: async () => {} }));
vi.mock("../../lambdas/custom-resources.ts", () => ({
  createBucketEmptier: (_bucket: string, empty: typeof custom.empty) => Object.assign(custom, { empty }),
  createApiDeployer: (deploy: typeof custom.deploy) => Object.assign(custom, { deploy }),
}));

const PORTS = { httpsPort: 8_443, httpPort: 8_080 };

let aws: RecordingAws;
let dnsServer: DnsServer;

beforeAll(async () => {
  aws = await recordingAws();
  dnsServer = await startDnsServer({
    distributions: new Distributions([{ domain: "d111111abcdef8.cloudfront.net", aliases: [] }]),
    addressesOf: new Map([["SIN2-P1", ["127.0.0.1"]]]),
    nearest: ["127.0.0.1"],
  });
  const env = {
    ...aws.env,
    POWERTOOLS_DEV: "true",
    PREWARM_DNS_SERVERS: dnsServer.address,
    PREWARM_HTTPS_PORT: String(PORTS.httpsPort),
    PREWARM_HTTP_PORT: String(PORTS.httpPort),
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  aws.close();
  await dnsServer.close();
});

type Adapters = ApiDeps & ShutdownDeps & WatchDeps;
const SELF = "AWS_LAMBDA_FUNCTION_NAME";

/** A call of each adapter that names each of its resources, and these. A function that invokes itself has its name of Lambda. */
const callsOf = (
  name: string,
  shutdown: Resource = name === "shutdown" ? SELF : "SHUTDOWN_ARN",
): { readonly [Name in keyof Adapters]?: readonly [(it: Adapters[Name]) => Promise<unknown>, ...Resource[]] } => ({
  requests: [(it) => it.get("r").then(() => it.end("r", "FINISH")), "REQUEST_TABLE", shutdown],
  requestPops: [(it) => it.targets("r").then(() => it.markSent("r", [])), "REQUEST_POP_TABLE", "REQUEST_TABLE"],
  results: [(it) => it.of("r", 0, 1).next(), "REQUEST_TASK_TABLE"],
  progress: [(it) => it.count("r"), "PROGRESS_TABLE"],
  queue: [({ queues }) => queues.main.depth().then(() => queues.express.depth()), "QUEUE_URL", "EXPRESS_QUEUE_URL"],
  failedBatches: [(it) => it.send("{}", "why"), "FAILED_BATCHES_URL"],
  settlements: [(it) => it.requestSettlement("r"), "PROGRESS_TABLE", shutdown],
  shutdown: [(it) => it.invoke("r"), shutdown],
  lists: [(it) => it.delete(LISTS.foundUrls, "r"), "BUCKET"],
  fleet: [(it) => it.desiredCapacity(), "GROUP_NAME"],
  tokens: [(it) => it.read("t"), "PROGRESS_TABLE"],
  timer: [(it) => it.cancel("r"), "SCHEDULE_GROUP"],
  checkSchedule: [(it) => it.cancel("r"), "SCHEDULE_GROUP"],
  expandFunction: [(it) => it.invoke("r"), name === "expand" ? SELF : "EXPAND_ARN"],
  deadLetters: [(it) => it.depth(), "DEAD_LETTER_QUEUE_URL"],
});

test.each(FUNCTIONS)("%s names the resources of its environment, each where it belongs", async (name, build) => {
  const calls = Object.entries(callsOf(name)).filter(([key]) => key in build());
  expect(calls.length).toBeGreaterThan(7);
  for (const [key, [call, ...resources]] of calls) {
    const adapter = Reflect.get(build(), key);
    // Some adapters make several calls at once, whose order varies.
    const named = await aws.named(() => (call as (it: unknown) => Promise<unknown>)(adapter));
    expect(named.toSorted(), key).toEqual(resources.toSorted());
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

const DAILY = { maxDailyTasks: 71, maxDailyBytes: 73 };
const CAPS = { maxInstances: 31, maxTimeout: 37, maxActiveRequests: 41, maxTasks: 43, maxRequestBytes: 47, ...DAILY };
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
    readKeyId: "the-read-key-id-x",
    caps: CAPS,
    kind: { type: "c7gn.xlarge", vcpus: 4, spotHour: 0.77, hour: expect.closeTo(0.6399, 6), onDemandPercent: 25 },
    instanceTypes: ["m7gn.4xlarge", "c7gn.xlarge", "c6gn.large"],
    deployment: { env_name: "staging", region: "eu-west-1", version: "7.8.9", private: true },
    sourceBuckets: ["the-source-buckets-x"],
  },
  expand: { caps: { maxTasks: 43 } },
  "get-size": { errorCachingMs: 53_000, allowed: ALLOWED, timings: TIMINGS },
  shutdown: { caps: CAPS, timings: TIMINGS, apiUrl: "https://api.example.com/prod/", namespace: NAMESPACE },
  task: { caps: { maxTasks: 43, maxRequestBytes: 47, ...DAILY } },
  watch: { timings: TIMINGS, namespace: NAMESPACE },
};

test.each(FUNCTIONS)("%s has the settings of its environment", (name, build) => {
  expect(build()).toMatchObject(SETTINGS[name as keyof typeof BUILDS]);
});

test.each([api, expand, getSize])("%o asks at the ports of its environment", (build) => {
  expect(build().ports).toEqual(PORTS);
});

test("the API finds what a dry run needs besides", async () => {
  expect(await api().loadProbes()).toHaveProperty("sampleSizes");
});

test.each([api, getSize, task])("%o asks the DNS of its environment, and takes private addresses", async (build) => {
  expect(await build().dns.addresses("d111111abcdef8.SIN2-P1.cloudfront.net")).toEqual(["127.0.0.1"]);
});

test.each([
  ["the-source-buckets-x", ["SOURCE_BUCKETS"]],
  ["the-bucket-x", []],
])("Expand reads the buckets of its environment, and no others: %s", async (bucket, named) => {
  const { signal } = new AbortController();
  const list = () => expand().buckets.list({ bucket, key: "videos/" }, undefined, signal);
  expect(await aws.named(() => list().catch(() => undefined))).toEqual(named);
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
