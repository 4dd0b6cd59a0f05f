import { table } from "../markdown-table.ts";
import { messageFor, runAgent } from "./agent-run.ts";
import { bundleAgentWithUndici } from "./agent-with-undici.ts";
import type { Bench } from "./bench.ts";
import { synthesize } from "./bundle.ts";
import { type Server, SMALL_BYTES } from "./nginx.ts";
import { urlOf } from "./requests.ts";
import { type Findings, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";

/** 78 is what Task makes of 500 URLs at 20 POPs for two instances. 100 is the most, 1 the least. */
const URLS_PER_MESSAGE = [78, 100, 10, 1] as const;
const TASKS = 40_000;
/** Where it is compared with undici, and with a second look at each task. */
const PAIRED = 78;

/** Measures the deployed bundle: one process, with a fake queue and table. Only its calls to them cost it CPU. */
export async function benchAgent({ rounds, server, say }: Bench): Promise<Findings> {
  const { agent } = synthesize();
  const withUndici = await bundleAgentWithUndici();
  const undici: Awaited<ReturnType<typeof once40k>>[] = [];
  const verified: Awaited<ReturnType<typeof once40k>>[] = [];
  const runs = new Map(URLS_PER_MESSAGE.map((urls) => [urls, [] as Awaited<ReturnType<typeof once40k>>[]]));
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    for (const [urls, its] of runs) {
      const it = await once40k(agent, server, urls);
      its.push(it);
      say(
        `  ${urls} URLs a message: ${readable(it.cpuMicros)} µs CPU a task, ${readable(it.rate)}/s, ${readable(it.peakMB)} MB`,
      );
    }
    const proof = await once40k(agent, server, PAIRED, "edge");
    verified.push(proof);
    say(
      `  the same, each asked for a second time: ${readable(proof.cpuMicros)} µs CPU a task, ${readable(proof.rate)}/s`,
    );
    const it = await once40k(withUndici, server, PAIRED);
    undici.push(it);
    say(`  the same with undici: ${readable(it.cpuMicros)} µs CPU a task, ${readable(it.rate)}/s`);
  }
  const of = (urls: number, what: "cpuMicros" | "rate" | "peakMB" | "calls") =>
    median((runs.get(urls as (typeof URLS_PER_MESSAGE)[number]) ?? []).map((it) => it[what]));
  const cpu = of(PAIRED, "cpuMicros");
  const proofCpu = median(verified.map(({ cpuMicros }) => cpuMicros));
  const undiciCpu = median(undici.map(({ cpuMicros }) => cpuMicros));
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
      {
        what: "the same with `verify: edge`: each task is asked for a second time",
        atLeast: "180 µs",
        aim: "140 µs",
        measured: `${readable(proofCpu)} µs`,
        verdict: verdict(proofCpu, 180, 140, "less"),
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
      `With \`verify: edge\`, where each answer is a hit whose tier is not told and each task is asked for twice: ${readable(proofCpu)} µs of CPU a task, ` +
        `${readable(median(verified.map(({ rate }) => rate)))} tasks/s. The table is with \`verify: off\`.`,
      `The same agent with undici in place of its own client, in turn with it: ${readable(undiciCpu)} µs of CPU a task, ` +
        `${readable(median(undici.map(({ rate }) => rate)))} tasks/s. The client of its own takes ` +
        `${Math.round((1 - cpu / undiciCpu) * 100)}% less CPU a task ([decision 0009](adr/0009-a-client-of-our-own.md)).`,
    ],
    units: { agentCpuMicros: cpu, agentTasksPerSecond: of(PAIRED, "rate"), agentCpuMicrosAlone: of(1, "cpuMicros") },
  };
}

/** @param verify whether each task is asked for once, or twice at a server that answers with hits */
async function once40k(bundle: string, server: Server, urlsPerMessage: number, verify: "edge" | "off" = "off") {
  const folder = verify === "edge" ? "hit" : "assets";
  const urls = Array.from({ length: urlsPerMessage }, (_, i) => ({ url: urlOf(i, folder), bytes: SMALL_BYTES }));
  const messages = server.addresses.map((address, pop) => messageFor(address, pop, urls, verify));
  const copies = Math.round(TASKS / messages.length / urlsPerMessage);
  const tasks = messages.length * copies * urlsPerMessage;
  const { seconds, cpuMicros, peakMB, awsCalls } = await runAgent({ bundle, server, messages, copies, tasks });
  return { cpuMicros: cpuMicros / tasks, rate: tasks / seconds, peakMB, calls: awsCalls / tasks };
}
