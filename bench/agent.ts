import { once } from "node:events";
import type { TaskMessage } from "../contracts/task-message.ts";
import type { Bench } from "./bench.ts";
import { synthesize } from "./bundle.ts";
import { startFakeAws } from "./fake-aws.ts";
import { HOST, type Server, SMALL_BYTES } from "./nginx.ts";
import { cpuMicrosOf, OUR_CORE, peakMegabytes, startPinned } from "./pinned.ts";
import { type Findings, table, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";

/** What Task makes of 500 URLs at 20 POPs for two instances; the most; and the least. */
const URLS_PER_MESSAGE = [78, 100, 10, 1] as const;
const TASKS = 40_000;

/** The deployed bundle, one process, between a queue and a table that cost it nothing but the calls. */
export async function benchAgent({ rounds, server, say }: Bench): Promise<Findings> {
  const { agent } = synthesize();
  const runs = new Map(URLS_PER_MESSAGE.map((urls) => [urls, [] as Awaited<ReturnType<typeof once40k>>[]]));
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    for (const [urls, its] of runs) {
      const it = await once40k(agent, server, urls);
      its.push(it);
      say(
        `  ${urls} URLs a message: ${readable(it.cpuMicros)} µs CPU a task, ${readable(it.rate)}/s, ${readable(it.peakMB)} MB`,
      );
    }
  }
  const of = (urls: number, what: "cpuMicros" | "rate" | "peakMB" | "calls") =>
    median((runs.get(urls as (typeof URLS_PER_MESSAGE)[number]) ?? []).map((it) => it[what]));
  const cpu = of(78, "cpuMicros");
  return {
    title: "Whole agent",
    rows: [
      {
        what: "whole agent, CPU a 10 KB task, queue and table included",
        atLeast: "200 µs",
        aim: "120 µs",
        measured: `${readable(cpu)} µs`,
        verdict: verdict(cpu, 200, 120, "less"),
      },
    ],
    notes: [
      `${readable(TASKS)} tasks of 10 KB over TLS, the bundle as deployed, one process on one core, counted from its first call to the queue:`,
      table(
        ["URLs a message", "CPU µs a task", "tasks/s", "calls of AWS a task", "peak memory, MB"],
        [...runs.keys()].map((urls) => [
          String(urls),
          ...(["cpuMicros", "rate", "calls", "peakMB"] as const).map((what) => readable(of(urls, what))),
        ]),
      ),
    ],
    units: { agentCpuMicros: cpu, agentTasksPerSecond: of(78, "rate"), agentCpuMicrosAlone: of(1, "cpuMicros") },
  };
}

async function once40k(bundle: string, server: Server, urlsPerMessage: number) {
  const messages = bodies(server, urlsPerMessage);
  const copies = Math.round(TASKS / messages.length / urlsPerMessage);
  const tasks = messages.length * copies * urlsPerMessage;
  const aws = await startFakeAws({ messages, copies });
  const agent = startPinned(OUR_CORE, [...profile(), "--enable-source-maps", bundle], {
    ...aws.env,
    ...{ QUEUE_URL: `${aws.env["AWS_ENDPOINT_URL"]}/q`, DEAD_LETTER_QUEUE_URL: `${aws.env["AWS_ENDPOINT_URL"]}/d` },
    ...{ REQUEST_TABLE: "requests", REQUEST_TASK_TABLE: "tasks", GROUP_NAME: "g", VISIBILITY_SECONDS: "30" },
    ...{ PREWARM_HTTPS_PORT: String(server.port), PREWARM_HTTP_PORT: String(server.httpPort) },
    ...{
      PREWARM_INSTANCE_ID: "i-0123456789abcdef0",
      PREWARM_WORKERS: "1",
      PREWARM_ALLOW_PRIVATE_ADDRESSES: "true",
      NODE_EXTRA_CA_CERTS: server.caFile,
    },
  });
  agent.stdout?.resume();
  const pid = agent.pid ?? 0;
  const done = aws.event("done");
  await aws.event("first");
  const before = cpuMicrosOf(pid);
  const started = performance.now();
  const { written, calls } = await done;
  const cpuMicros = (cpuMicrosOf(pid) - before) / tasks;
  const seconds = (performance.now() - started) / 1_000;
  const peakMB = peakMegabytes(pid);
  const ended = once(agent, "exit");
  agent.kill("SIGTERM");
  await ended;
  await aws.close();
  // A message may come again, a result must not be missing.
  if (written < tasks) throw new Error(`${written} results of ${tasks}`);
  return { cpuMicros, rate: tasks / seconds, peakMB, calls: Object.values(calls).reduce((a, b) => a + b, 0) / tasks };
}

function bodies({ addresses }: Server, urlsPerMessage: number): string[] {
  return addresses.map((address, pop) => {
    const message: TaskMessage = {
      req_id: "684153cc-2f5b-4c7e-9d0a-6f1f3c1b2a90",
      pop: `BEN${pop}-C1`,
      ips: [address],
      cf_domain: HOST,
      header: ["Accept-Encoding: gzip, deflate, br"],
      shards: 8,
      urls: Array.from({ length: urlsPerMessage }, (_, i) => ({
        url: `https://${HOST}/assets/images/products/${String(i).padStart(6, "0")}.webp`,
        bytes: SMALL_BYTES,
      })),
    };
    return JSON.stringify(message);
  });
}

function profile(): string[] {
  return (process.env["BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
}
