import { bundleWorker } from "../local/bundle-worker.ts";
import { inDynamoForm } from "../local/fake-aws.ts";
import { table } from "../markdown-table.ts";
import type { Bench } from "./bench.ts";
import { startFakeAws } from "./fake-aws.ts";
import { SMALL_BYTES } from "./nginx.ts";
import { runWorker } from "./pinned.ts";
import { LABEL, REQ_ID, requestItem, urlOf } from "./requests.ts";
import { type Findings, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";

const URLS = 50_000;
/** Instances of the request, which decide how many URLs share a message. */
const CASES = [
  { name: "100 a message (4 instances)", total_count: 1_000_000, instance_count: 4 },
  { name: "13 a message (300 instances)", total_count: 250_000, instance_count: 300 },
  { name: "1 a message", total_count: 10_000, instance_count: 300 },
];

interface Measured {
  readonly cpuMicros: number;
  readonly seconds: number;
  readonly peakMB: number;
}

/** Measures Task's fan-out of one target: the list is read, grouped and sent, by the real SDK to a fake S3 and SQS. */
export async function benchFanOut({ rounds, say }: Bench): Promise<Findings> {
  const worker = bundleWorker(new URL("workers/fan-out.ts", import.meta.url));
  const object = Array.from({ length: URLS }, (_, i) => `${urlOf(i)},${SMALL_BYTES}\n`).join("");
  const target = inDynamoForm({
    req_id: REQ_ID,
    target: `SIN2-P1#${LABEL}`,
    pop: "SIN2-P1",
    label: LABEL,
    state: "READY",
    expire_at: 1,
    ips: ["192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"],
  });
  const medians: { name: string; cpu: number; rate: number; peakMB: number }[] = [];
  for (const { name, ...change } of CASES) {
    const items = { requests: inDynamoForm(requestItem(change)), "request-pops": target };
    const aws = await startFakeAws({ items, object });
    const runs: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      const it = await runWorker<Measured>(worker, {
        ...aws.env,
        REQUEST_TABLE: "requests",
        REQUEST_POP_TABLE: "request-pops",
        BUCKET: "lists",
        QUEUE_URL: `${aws.env["AWS_ENDPOINT_URL"]}/q`,
        BENCH_REQ_ID: REQ_ID,
        BENCH_TASKS: String(URLS),
      });
      runs.push(it);
      say(`  ${name}: ${readable(it.cpuMicros / URLS)} µs CPU a task, ${readable(it.peakMB)} MB`);
    }
    await aws.close();
    medians.push({
      name,
      cpu: median(runs.map((it) => it.cpuMicros)) / URLS,
      rate: URLS / median(runs.map((it) => it.seconds)),
      peakMB: median(runs.map((it) => it.peakMB)),
    });
  }
  const [full, , single] = medians;
  const cpu = full?.cpu ?? Number.NaN;
  return {
    title: "Fan-out",
    rows: [
      {
        what: "fan-out, CPU a task",
        atLeast: "80 µs",
        aim: "40 µs",
        measured: `${readable(cpu)} µs (one URL a message: ${readable(single?.cpu ?? Number.NaN)} µs)`,
        verdict: verdict(cpu, 80, 40, "less"),
      },
    ],
    notes: [
      `One target of ${readable(URLS)} URLs in a fresh process, from the list in the bucket to the messages in the queue:`,
      table(
        ["URLs a message", "CPU µs a task", "tasks/s", "peak memory, MB"],
        medians.map((it) => [it.name, readable(it.cpu), readable(it.rate), readable(it.peakMB)]),
      ),
    ],
    units: { fanOutCpuMicros: cpu, fanOutTasksPerSecond: full?.rate ?? Number.NaN },
  };
}
