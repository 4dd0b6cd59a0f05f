import { table } from "../markdown-table.ts";
import { AgentCosts, type Setting } from "./agent-costs.ts";
import { bundleAgentWithUndici } from "./agent-with-undici.ts";
import type { Bench } from "./bench.ts";
import { synthesize } from "./bundle.ts";
import { type Findings, type Row, verdict } from "./row.ts";
import { readable } from "./statistics.ts";
import { otherNode } from "./tools.ts";

/** The first tasks of a process, in which it compiles what it does often. */
const FIRST = 40_000;
/** What a process does in half a minute. */
const MANY = 200_000;
/** 78 is what Task makes of 500 URLs at 20 POPs for two instances. 100 is the most, 1 the least. */
const URLS_PER_MESSAGE = [78, 100, 10, 1] as const;
const VERIFY = ["off", "edge"] as const;

/** Measures the deployed bundle: one process, with a fake queue and table. Only its calls to them cost it CPU. */
export async function benchAgent({ rounds, server, say }: Bench): Promise<Findings> {
  const here = { program: process.execPath, version: process.version };
  // The Node of AWS decides the verdict. The one that runs here is reported with it.
  const onAws = otherNode() ?? here;
  const nodes = onAws === here ? [here] : [onAws, here];
  const usual: Setting = { client: "its own", verify: "off", node: onAws, urlsPerMessage: 78, tasks: FIRST };
  const undici = { client: "undici" } as const;

  const costs = new AgentCosts({ "its own": synthesize().agent, undici: await bundleAgentWithUndici() }, server, say);
  const beside = nodes.flatMap((node) => VERIFY.map((verify) => ({ ...usual, node, verify })));
  for (let round = 0; round < rounds; round++) {
    await costs.round([
      ...beside.flatMap((setting) => [setting, { ...setting, ...undici }]),
      ...URLS_PER_MESSAGE.slice(1).map((urlsPerMessage) => ({ ...usual, urlsPerMessage })),
      ...VERIFY.map((verify) => ({ ...usual, verify, tasks: MANY })),
    ]);
  }

  const row = (what: string, atLeast: number, aim: number, wanted: Partial<Setting>): Row => {
    const setting = { ...usual, ...wanted };
    return {
      what: `whole agent, CPU a 10 KB task, queue and table included: ${what}`,
      atLeast: `${atLeast} µs`,
      aim: `${aim} µs`,
      measured: nodes
        .filter((node) => costs.has({ ...setting, node }))
        .map((node) => `${costs.range({ ...setting, node })} on Node ${node.version}`)
        .join(", "),
      verdict: verdict(costs.median("cpuMicros", setting), atLeast, aim, "less"),
    };
  };
  const onEach = (value: (setting: Setting) => number, verify: Setting["verify"]) =>
    nodes.map((node) => readable(value({ ...usual, node, verify })));
  return {
    title: "Whole agent",
    rows: [
      row(`the first ${readable(FIRST)} of a process`, 200, 120, {}),
      row(`${readable(MANY)} of a process`, 120, 100, { tasks: MANY }),
      row(`the first ${readable(FIRST)}, each asked for twice (\`verify: edge\`)`, 180, 140, { verify: "edge" }),
      row(`${readable(MANY)}, each asked for twice`, 180, 140, { verify: "edge", tasks: MANY }),
    ],
    notes: [
      "Tasks of 10 KB over TLS, the bundle as deployed, one process on one core, counted from its first call to the queue. A process " +
        "compiles what it does often while it does it, so its first tasks take more than the later ones. With `verify: edge`, each answer " +
        `is a hit whose tier is not told, and each task is asked for twice. Node ${onAws.version}, medians of ${rounds} rounds, and between ` +
        "what they were. `BENCH_OTHER_NODE=<program>` names that Node where another one runs the benchmark: AWS has a newer one than " +
        "development needs.",
      `The same agent with undici in place of its own client ([decision 0006](adr/0006-agents-use-their-own-http-client.md)), in turn with it, the first ${readable(FIRST)} tasks of a process, ratios within each round:`,
      table(
        ["CPU µs a task", ...nodes.map(({ version }) => `on Node ${version}`)],
        VERIFY.flatMap((verify) => [
          [`\`verify: ${verify}\``, ...onEach((setting) => costs.median("cpuMicros", setting), verify)],
          ["with undici", ...onEach((setting) => costs.median("cpuMicros", { ...setting, ...undici }), verify)],
          ["its own client ÷ undici", ...onEach((setting) => costs.ratio(setting, { ...setting, ...undici }), verify)],
        ]),
      ),
      `The first ${readable(FIRST)} tasks with \`verify: off\`, by how many come in a message:`,
      table(
        ["URLs a message", "CPU µs a task", "tasks/s", "calls of AWS a task", "peak memory, MB"],
        URLS_PER_MESSAGE.map((urlsPerMessage) => [
          String(urlsPerMessage),
          ...(["cpuMicros", "rate", "calls", "peakMB"] as const).map((what) =>
            readable(costs.median(what, { ...usual, urlsPerMessage })),
          ),
        ]),
      ),
    ],
    units: {
      agentCpuMicros: costs.median("cpuMicros", usual),
      agentTasksPerSecond: costs.median("rate", usual),
      agentCpuMicrosAlone: costs.median("cpuMicros", { ...usual, urlsPerMessage: 1 }),
    },
  };
}
