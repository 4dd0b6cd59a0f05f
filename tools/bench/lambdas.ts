import { statSync } from "node:fs";
import { LISTS } from "../../domain/plan/lists.ts";
import { bundleWorker } from "../local/bundle-worker.ts";
import { LABEL, REQ_ID, requestItem, urlOf } from "../local/fake-request.ts";
import { table } from "../markdown-table.ts";
import { median } from "../median.ts";
import type { Bench } from "./bench.ts";
import { synthesize } from "./bundle.ts";
import { SMALL_BYTES } from "./nginx.ts";
import { runPinned, runWorker, type StackContent, serveStack } from "./pinned.ts";
import { type Findings, readable, rowOf } from "./report.ts";

/** What a worker found in a fresh process. */
interface Measured {
  readonly cpuMicros: number;
  readonly seconds: number;
}

/** Runs a worker once a round, beside a stack in memory. @param variables what the worker needs besides those of the stack */
async function runsOf<T extends Measured>(
  { rounds, say }: Bench,
  name: string,
  content: StackContent,
  { variables, saidOf }: { variables: NodeJS.ProcessEnv; saidOf: (run: T) => string },
): Promise<T[]> {
  const worker = bundleWorker(new URL(`workers/${name}.ts`, import.meta.url));
  const runs: T[] = [];
  for (let round = 0; round < rounds; round++) {
    const stack = await serveStack(content);
    const run = await runWorker<T>(worker, { ...stack.env, ...variables });
    say(`  ${saidOf(run)}`);
    runs.push(run);
    await stack.close();
  }
  return runs;
}

const FAN_OUT_URLS = 50_000;
/** Instances of the request, which decide how many URLs share a message. */
const FAN_OUTS = [
  { name: "100 per message (4 instances)", total_count: 1_000_000, instance_count: 4 },
  { name: "13 per message (300 instances)", total_count: 250_000, instance_count: 300 },
  { name: "1 per message", total_count: 10_000, instance_count: 300 },
];

/** Measures Task's fan-out of one target: the list is read, grouped and sent, by the real SDK to S3 and SQS in memory. */
export async function benchFanOut(bench: Bench): Promise<Findings> {
  const list = Array.from({ length: FAN_OUT_URLS }, (_, i) => `${urlOf(i)},${SMALL_BYTES}\n`).join("");
  const objects = { [LISTS.goodUrls.key(REQ_ID)]: list };
  const pops = {
    req_id: REQ_ID,
    target: `SIN2-P1#${LABEL}`,
    pop: "SIN2-P1",
    label: LABEL,
    state: "READY",
    expire_at: 1,
    ips: ["192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"],
  };
  const medians: { name: string; cpu: number; rate: number; peakMB: number }[] = [];
  for (const { name, ...change } of FAN_OUTS) {
    const runs = await runsOf<Measured & { readonly peakMB: number }>(
      bench,
      "fan-out",
      { items: { requests: requestItem(change), pops }, objects },
      {
        variables: { BENCH_REQ_ID: REQ_ID, BENCH_TASKS: String(FAN_OUT_URLS) },
        saidOf: (run) =>
          `${name}: ${readable(run.cpuMicros / FAN_OUT_URLS)} µs CPU per task, ${readable(run.peakMB)} MB`,
      },
    );
    medians.push({
      name,
      cpu: median(runs.map((run) => run.cpuMicros)) / FAN_OUT_URLS,
      rate: FAN_OUT_URLS / median(runs.map((run) => run.seconds)),
      peakMB: median(runs.map((run) => run.peakMB)),
    });
  }
  const [full, , single] = medians;
  const cpu = full?.cpu ?? Number.NaN;
  return {
    title: "Fan-out",
    rows: [
      rowOf({
        what: "fan-out, CPU per task",
        value: cpu,
        unit: "µs",
        required: 80,
        aim: 40,
        measured: `${readable(cpu)} µs (one URL per message: ${readable(single?.cpu ?? Number.NaN)} µs)`,
      }),
    ],
    notes: [
      `One target of ${readable(FAN_OUT_URLS)} URLs in a fresh process, from the list in the bucket to the messages in the queue:`,
      table(
        ["URLs per message", "CPU µs per task", "tasks/s", "peak memory, MB"],
        medians.map((it) => [it.name, readable(it.cpu), readable(it.rate), readable(it.peakMB)]),
      ),
    ],
    units: { fanOutCpuMicros: cpu, fanOutTasksPerSecond: full?.rate ?? Number.NaN },
  };
}

const AGGREGATED = 60_000;

/** Measures Aggregation with batches of 1,000, which make three calls each of a table. */
export async function benchAggregation(bench: Bench): Promise<Findings> {
  const cpuOf = ({ cpuMicros }: Measured) => cpuMicros / AGGREGATED;
  const runs = await runsOf<Measured>(
    bench,
    "function",
    { items: { requests: requestItem({ status: "IN_PROGRESS" }) } },
    {
      variables: { BENCH_FUNCTION: "aggregation", BENCH_URLS: String(AGGREGATED), BENCH_POPS: "1" },
      saidOf: (run) => `${readable(cpuOf(run))} µs CPU per record`,
    },
  );
  const cpu = median(runs.map(cpuOf));
  const rate = median(runs.map(({ seconds }) => AGGREGATED / seconds));
  return {
    title: "Aggregation",
    rows: [
      rowOf({ what: "aggregation, CPU per record at batches of 1,000", value: cpu, unit: "µs", required: 20, aim: 8 }),
    ],
    notes: [
      `60 batches of 1,000 records in a fresh process, including the parsing of their JSON; one transaction counts each batch. ${readable(rate)} records/s on one core.`,
    ],
    units: { aggregationCpuMicros: cpu, aggregationRecordsPerSecond: rate },
  };
}

const GET_SIZE_URLS = 10_000;

/** Measures how Get Size asks for 10,000 URLs over TLS, with its lists in memory. */
export async function benchGetSize(bench: Bench): Promise<Findings> {
  const list = Array.from({ length: GET_SIZE_URLS }, (_, i) => `${urlOf(i)}\n`).join("");
  const { port, addresses, caFile } = await bench.server();
  const runs = await runsOf<Measured & { readonly good: number; readonly firstProblem?: string }>(
    bench,
    "get-size",
    { objects: { [LISTS.urls.key(REQ_ID)]: list } },
    {
      variables: { BENCH_PORT: String(port), BENCH_ADDRESSES: addresses.join(), NODE_EXTRA_CA_CERTS: caFile },
      saidOf: ({ good, firstProblem, seconds, cpuMicros }) => {
        if (good !== GET_SIZE_URLS) throw new Error(`${good} of ${GET_SIZE_URLS} sizes: ${firstProblem}`);
        return `${readable(GET_SIZE_URLS / seconds)} URLs/s, ${readable(cpuMicros / GET_SIZE_URLS)} µs CPU per URL`;
      },
    },
  );
  const rate = median(runs.map(({ seconds }) => GET_SIZE_URLS / seconds));
  const cpu = median(runs.map(({ cpuMicros }) => cpuMicros / GET_SIZE_URLS));
  return {
    title: "Get Size",
    rows: [
      rowOf({
        what: "Get Size, 10,000 URLs, one core",
        value: rate,
        unit: "URLs/s",
        required: 4_000,
        aim: 8_000,
        better: "more",
      }),
    ],
    notes: [`HEAD over TLS in a fresh process, including the lists: ${readable(cpu)} µs CPU per URL.`],
    units: { getSizeCpuMicros: cpu, getSizeUrlsPerSecond: rate },
  };
}

/** Any values are good enough: nothing is called while a bundle is imported. */
const ENVIRONMENT = {
  AWS_REGION: "us-east-1",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

interface Import {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Imports each Lambda's bundle in a fresh Node, and counts what comes on top of starting Node itself. */
export async function benchImports({ rounds, say }: Bench): Promise<Findings> {
  const { lambdas, environments } = synthesize();
  const runs = new Map([...lambdas.keys()].map((name) => [name, [] as Import[]]));
  for (let round = 0; round < Math.max(7, rounds); round++) {
    for (const [name, file] of lambdas) runs.get(name)?.push(await importOnce(file, environments.get(name) ?? {}));
  }
  const medians = [...runs].map(([name, its]) => ({
    name,
    kilobytes: statSync(lambdas.get(name) ?? "").size / 1_000,
    ms: median(its.map(({ ms }) => ms)),
    cpuMs: median(its.map(({ cpuMs }) => cpuMs)),
  }));
  for (const { name, ms } of medians) say(`  ${name}: ${readable(ms)} ms`);
  const slowest = medians.reduce((a, b) => (b.ms > a.ms ? b : a));
  return {
    title: "Imports",
    rows: [
      rowOf({
        what: "import of each Lambda's bundle in a fresh Node process",
        value: slowest.ms,
        unit: "ms",
        required: 150,
        aim: 80,
        measured: `${readable(slowest.ms)} ms (${slowest.name}, the slowest)`,
      }),
    ],
    notes: [
      "The deployed bundles, with their environment, on one core, excluding the start of Node.js:",
      table(
        ["bundle", "kB", "import, ms", "CPU, ms"],
        medians.map(({ name, kilobytes, ms, cpuMs }) => [name, readable(kilobytes), readable(ms), readable(cpuMs)]),
      ),
    ],
    units: { importMs: slowest.ms },
  };
}

async function importOnce(file: string, environment: NodeJS.ProcessEnv): Promise<Import> {
  const script = `const b=process.cpuUsage(),t=performance.now();await import("${file}");const c=process.cpuUsage(b);
console.log(JSON.stringify({ms:performance.now()-t,cpuMs:(c.user+c.system)/1000}));process.exit(0)`;
  const { stdout } = await runPinned(`${process.execPath} --input-type=module -e '${script}'`, {
    ...environment,
    ...ENVIRONMENT,
  });
  return JSON.parse(stdout) as Import;
}
