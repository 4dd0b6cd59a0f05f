import { table } from "../markdown-table.ts";
import { type AgentRun, messageFor, runAgent } from "./agent-run.ts";
import { bundleAgentWithUndici } from "./agent-with-undici.ts";
import type { Bench } from "./bench.ts";
import { synthesize } from "./bundle.ts";
import { type Server, SMALL_BYTES } from "./nginx.ts";
import { urlOf } from "./requests.ts";
import { type Findings, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";
import { otherNode } from "./tools.ts";

const TASKS = 40_000;
/** What a process does in some minutes: what it compiles at its start hardly counts then. */
const MANY_TASKS = 200_000;
/** What Task makes of 500 URLs at 20 POPs for two instances. */
const URLS_PER_MESSAGE = 78;
/** The most, and fewer. */
const OTHER_SIZES = [100, 10, 1] as const;

/** One way to run the agent. */
interface Setting {
  readonly client: "its own" | "undici";
  /** `edge`: asked for twice, at a server that answers with hits. */
  readonly verify: "off" | "edge";
  readonly node: { readonly program: string; readonly version: string };
  readonly urlsPerMessage: number;
  readonly tasks: number;
}

/** Of a task. */
interface Cost {
  readonly cpuMicros: number;
  readonly rate: number;
  readonly peakMB: number;
  readonly calls: number;
}

/** Measures the deployed bundle: one process, with a fake queue and table. Only its calls to them cost it CPU. */
export async function benchAgent({ rounds, server, say }: Bench): Promise<Findings> {
  const bundles = { "its own": synthesize().agent, undici: await bundleAgentWithUndici() };
  const here = { program: process.execPath, version: process.version };
  // The Node of AWS decides the verdict. The one that runs here is reported with it.
  const onAws = otherNode() ?? here;
  const nodes = onAws === here ? [here] : [here, onAws];
  const usual: Setting = {
    client: "its own",
    verify: "off",
    node: onAws,
    urlsPerMessage: URLS_PER_MESSAGE,
    tasks: TASKS,
  };
  const settings: readonly Setting[] = [
    ...nodes.flatMap((node) =>
      (["off", "edge"] as const).flatMap((verify) =>
        (["its own", "undici"] as const).map((client) => ({ ...usual, client, verify, node })),
      ),
    ),
    ...OTHER_SIZES.map((urlsPerMessage) => ({ ...usual, urlsPerMessage })),
    { ...usual, tasks: MANY_TASKS },
  ];
  const costs = settings.map(() => [] as Cost[]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, setting] of settings.entries()) {
      const cost = await costOf(bundles[setting.client], server, setting);
      costs[i]?.push(cost);
      say(
        `  ${named(setting)}: ${readable(cost.cpuMicros)} µs CPU a task, ${readable(cost.rate)}/s, ${readable(cost.peakMB)} MB`,
      );
    }
  }
  const all = (wanted: Partial<Setting>) => {
    const setting = { ...usual, ...wanted };
    return costs[settings.findIndex((it) => named(it) === named(setting))] ?? [];
  };
  const of = (what: keyof Cost, wanted: Partial<Setting>) => median(all(wanted).map((it) => it[what]));
  const cpu = (wanted: Partial<Setting>) => of("cpuMicros", wanted);
  const toUndici = (wanted: Partial<Setting>) => {
    const theirs = all({ ...wanted, client: "undici" });
    return median(all(wanted).map(({ cpuMicros }, round) => cpuMicros / (theirs[round]?.cpuMicros ?? Number.NaN)));
  };
  const onEach = (verify: Setting["verify"]) =>
    [...nodes]
      .reverse()
      .map((node) => `${readable(cpu({ node, verify }))} µs on Node ${node.version}`)
      .join(", ");
  return {
    title: "Whole agent",
    rows: [
      {
        what: "whole agent, CPU a 10 KB task, queue and table included",
        atLeast: "200 µs",
        aim: "120 µs",
        measured: onEach("off"),
        verdict: verdict(cpu({}), 200, 120, "less"),
      },
      {
        what: "the same with `verify: edge`: each task is asked for a second time",
        atLeast: "180 µs",
        aim: "140 µs",
        measured: onEach("edge"),
        verdict: verdict(cpu({ verify: "edge" }), 180, 140, "less"),
      },
    ],
    notes: [
      `${readable(TASKS)} tasks of 10 KB over TLS, the bundle as deployed, one process on one core, counted from its first call to the queue. ` +
        "With `verify: edge`, each answer is a hit whose tier is not told, and each task is asked for twice. The same agent with undici in " +
        "place of its own client ([decision 0009](adr/0009-a-client-of-our-own.md)) runs in turn with it: the machine's pace is in both. " +
        `Medians of ${rounds} rounds, ratios within each:`,
      table(
        ["CPU µs a task", ...nodes.map(({ version }) => `on Node ${version}`)],
        (["off", "edge"] as const).flatMap((verify) => [
          [`\`verify: ${verify}\``, ...nodes.map((node) => readable(cpu({ node, verify })))],
          ["the same with undici", ...nodes.map((node) => readable(cpu({ node, verify, client: "undici" })))],
          ["with its own client ÷ with undici", ...nodes.map((node) => readable(toUndici({ node, verify })))],
        ]),
      ),
      `\`BENCH_OTHER_NODE=<program>\` names the second Node, the one of AWS: it decides the rows above. What follows is on Node ${onAws.version}, with \`verify: off\`. ` +
        `A process compiles what it does often while it does it, which is in the first tasks: over ${readable(MANY_TASKS)} of them, one takes ${readable(cpu({ tasks: MANY_TASKS }))} µs.`,
      table(
        ["URLs a message", "CPU µs a task", "tasks/s", "calls of AWS a task", "peak memory, MB"],
        [URLS_PER_MESSAGE, ...OTHER_SIZES].map((urlsPerMessage) => [
          String(urlsPerMessage),
          ...(["cpuMicros", "rate", "calls", "peakMB"] as const).map((what) => readable(of(what, { urlsPerMessage }))),
        ]),
      ),
    ],
    units: {
      agentCpuMicros: cpu({}),
      agentTasksPerSecond: of("rate", {}),
      agentCpuMicrosAlone: cpu({ urlsPerMessage: 1 }),
    },
  };
}

function named({ client, verify, node, urlsPerMessage, tasks }: Setting): string {
  return `${client}, verify: ${verify}, Node ${node.version}, ${urlsPerMessage} URLs a message, ${readable(tasks)} tasks`;
}

async function costOf(bundle: string, server: Server, { verify, node, urlsPerMessage, tasks }: Setting): Promise<Cost> {
  const folder = verify === "edge" ? "hit" : "assets";
  const urls = Array.from({ length: urlsPerMessage }, (_, i) => ({ url: urlOf(i, folder), bytes: SMALL_BYTES }));
  const messages = server.addresses.map((address, pop) => messageFor(address, pop, urls, verify));
  const copies = Math.round(tasks / messages.length / urlsPerMessage);
  const whole = messages.length * copies * urlsPerMessage;
  const run: AgentRun = await runAgent({ bundle, node: node.program, server, messages, copies, tasks: whole });
  return {
    cpuMicros: run.cpuMicros / whole,
    rate: whole / run.seconds,
    peakMB: run.peakMB,
    calls: run.awsCalls / whole,
  };
}
