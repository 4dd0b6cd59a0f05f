// The API function alone in a process, for one event, as Lambda runs it. AWS is not there: what would be made is counted.
import { readFileSync } from "node:fs";
import { instanceKind } from "../../../domain/cost/prices.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import { NO_PROGRESS } from "../../../domain/request/progress.ts";
import type { ApiDeps } from "../../../lambdas/api/deps.ts";
import { createHandler } from "../../../lambdas/api/handler.ts";
import { peakMegabytes } from "../../lab/peak-megabytes.ts";
import { fakeDeps } from "../../local/fake-deps.ts";

const [file = ""] = process.argv.slice(2);
const event = JSON.parse(readFileSync(file, "utf8"));
let made = 0;
const make = async () => {
  made++;
};
const put = async () => {
  made++;
  return "PUT" as const;
};
const nothing = async () => undefined;
const aliases = Array.from({ length: 100 }, (_, i) => `${i % 2 === 0 ? "*." : ""}alias${i}.example.org`);
const handler = createHandler(
  fakeDeps<ApiDeps>({
    requests: {
      put,
      delete: nothing,
      get: nothing,
      readActive: async () => [],
      end: async () => false,
      page: async () => ({ requests: [], end: undefined }),
      listActive: async () => [],
      updateAndTouch: async () => true,
      recordReportedPercentage: nothing,
    },
    requestPops: { of: async () => [] },
    results: { ofPop: async function* () {} },
    lists: {
      link: async () => "",
      read: async function* () {},
      delete: nothing,
      write: async (_list, _id, entries) => {
        for await (const _ of entries);
        made++;
      },
    },
    tokens: { claim: async () => true, read: nothing, release: nothing },
    distributions: {
      own: async () => [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com", ...aliases] }],
    },
    progress: {
      resolvedPops: async () => new Map(),
      of: async () => NO_PROGRESS,
      pops: async () => new Map(),
      failures: async () => [],
      heartbeats: async () => [],
      minutes: async () => ({ began: new Map(), received: new Map() }),
    },
    timings: timingsOf(),
    fleet: {
      groupName: "prewarm_asg_prod",
      desiredCapacity: async () => 0,
      raiseTo: nothing,
      restore: nothing,
      setDesiredCapacity: nothing,
    },
    timer: { set: make, cancel: nothing },
    timerTarget: { functionArn: "", roleArn: "" },
    allowed: ["*"],
    caps: DEFAULT_CAPS,
    kind: instanceKind(["c7gn.large"]),
    instanceTypes: [],
    deployment: { env_name: "prod", region: "", version: "", private: false },
    dns: { alias: nothing, addresses: async () => [] },
    ports: { httpsPort: 443, httpPort: 80 },
    loadProbes: async () => ({
      readSourcesFor: async (_options, { urls }) => ({ urls, sources: [], isAll: true, problem: undefined }),
      sampleSizes: async (_options, forms) => forms.map(() => undefined),
    }),
    sourceBuckets: [],
    logger: { info() {}, warn() {}, error: (...args: unknown[]) => console.error(...args) },
    now: Date.now,
    newId: () => crypto.randomUUID(),
  }),
);
const cpu = process.cpuUsage();
const started = performance.now();
const answer = await handler(event);
const seconds = (performance.now() - started) / 1_000;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    status: answer.statusCode,
    bytes: Buffer.byteLength(JSON.stringify(answer)),
    seconds,
    cpuSeconds: (user + system) / 1e6,
    megabytes: peakMegabytes(),
    made,
    said: answer.body.slice(0, 300),
  }),
);
