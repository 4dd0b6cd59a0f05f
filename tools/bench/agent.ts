import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BUILT, bundleOptions } from "../local/bundle-worker.ts";
import { urlOf } from "../local/fake-request.ts";
import { table } from "../markdown-table.ts";
import { median } from "../median.ts";
import { messageFor, runAgent } from "./agent-run.ts";
import { type Bench, otherNode, THIS_NODE } from "./bench.ts";
import { synthesizeAgent } from "./bundle.ts";
import { type Server, SMALL_BYTES } from "./nginx.ts";
import { type Findings, type Row, readable, rowOf } from "./report.ts";

/** The first tasks of a process, in which it compiles what it does often. */
const FIRST = 40_000;
/** What a process does in half a minute. */
const MANY = 200_000;
/** 78 is what Task makes of 500 URLs at 20 POPs for two instances. 100 is the most, 1 the least. */
const URLS_PER_MESSAGE = [78, 100, 10, 1] as const;
const VERIFY = ["off", "edge"] as const;

/** Measures the deployed bundle: one process, with a fake queue and table. Only its calls to them cost it CPU. */
export async function benchAgent({ rounds, server: startServer, say }: Bench): Promise<Findings> {
  // The Node of AWS decides the verdict. The one that runs here is reported with it.
  const onAws = otherNode() ?? THIS_NODE;
  const nodes = onAws === THIS_NODE ? [onAws] : [onAws, THIS_NODE];
  const usual: Setting = { client: "its own", verify: "off", node: onAws, urlsPerMessage: 78, tasks: FIRST };
  const undici = { client: "undici" } as const;

  const server = await startServer();
  const costs = new AgentCosts({ "its own": synthesizeAgent(), undici: await bundleAgentWithUndici() }, server, say);
  const beside = nodes.flatMap((node) => VERIFY.map((verify) => ({ ...usual, node, verify })));
  for (let round = 0; round < rounds; round++) {
    await costs.round([
      ...beside.flatMap((setting) => [setting, { ...setting, ...undici }]),
      ...URLS_PER_MESSAGE.slice(1).map((urlsPerMessage) => ({ ...usual, urlsPerMessage })),
      ...VERIFY.map((verify) => ({ ...usual, verify, tasks: MANY })),
    ]);
  }

  const row = (what: string, required: number, aim: number, wanted: Partial<Setting>): Row => {
    const setting = { ...usual, ...wanted };
    const measured = nodes
      .filter((node) => costs.has({ ...setting, node }))
      .map((node) => `${costs.range({ ...setting, node })} on Node ${node.version}`);
    return rowOf({
      what: `whole agent, CPU per 10 KB task, with queue and table: ${what}`,
      value: costs.median("cpuMicros", setting),
      unit: "µs",
      required,
      aim,
      measured: measured.join(", "),
    });
  };
  const onEach = (value: (setting: Setting) => number, verify: Setting["verify"]) =>
    nodes.map((node) => readable(value({ ...usual, node, verify })));
  return {
    title: "Whole agent",
    rows: [
      row(`the first ${readable(FIRST)} of a process`, 200, 120, {}),
      row(`${readable(MANY)} of a process`, 120, 100, { tasks: MANY }),
      row(`the first ${readable(FIRST)}, two requests per task (\`verify: edge\`)`, 180, 140, { verify: "edge" }),
      row(`${readable(MANY)}, two requests per task`, 180, 140, { verify: "edge", tasks: MANY }),
    ],
    notes: [
      `Tasks of 10 KB over TLS: the deployed bundle, one process on one core, measured from its first call to the queue. The first tasks of a process cost more, because the JIT compiler has not yet optimized its code. With \`verify: edge\`, each response is a hit without a tier, and each task has two requests. Node.js ${onAws.version}, medians of ${rounds} rounds, ranges in brackets. \`BENCH_OTHER_NODE=<program>\` names this Node.js if another one runs the benchmark: AWS has a newer version than development requires.`,
      `The same agent with undici instead of its own client ([decision 0006](adr/0006-agents-use-their-own-http-client.md)), in alternating runs: the first ${readable(FIRST)} tasks of a process, ratios within each round:`,
      table(
        ["CPU µs per task", ...nodes.map(({ version }) => `on Node ${version}`)],
        VERIFY.flatMap((verify) => [
          [`\`verify: ${verify}\``, ...onEach((setting) => costs.median("cpuMicros", setting), verify)],
          ["with undici", ...onEach((setting) => costs.median("cpuMicros", { ...setting, ...undici }), verify)],
          ["its own client ÷ undici", ...onEach((setting) => costs.ratio(setting, { ...setting, ...undici }), verify)],
        ]),
      ),
      `The first ${readable(FIRST)} tasks with \`verify: off\`, by the number of URLs in a message:`,
      table(
        ["URLs per message", "CPU µs per task", "tasks/s", "AWS calls per task", "peak memory, MB"],
        URLS_PER_MESSAGE.map((urlsPerMessage) => [
          String(urlsPerMessage),
          ...(["cpuMicros", "rate", "calls", "peakMB"] as const).map((what) =>
            readable(costs.median(what, { ...usual, urlsPerMessage })),
          ),
        ]),
      ),
    ],
    units: { agentCpuMicros: costs.median("cpuMicros", usual) },
  };
}

/** One way to run the agent. */
interface Setting {
  readonly client: "its own" | "undici";
  /** `edge`: each task is asked for twice, at a server that answers with hits. */
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

/** What the agent costs in some settings, which run in turn: what disturbs the machine disturbs all of them. */
class AgentCosts {
  private readonly costs = new Map<string, Cost[]>();

  /** @param bundles of the agent, by its client */
  constructor(
    private readonly bundles: Readonly<Record<Setting["client"], string>>,
    private readonly server: Server,
    private readonly say: (line: string) => void,
  ) {}

  async round(settings: readonly Setting[]): Promise<void> {
    for (const setting of settings) {
      const cost = await this.costOf(setting);
      const name = named(setting);
      this.costs.set(name, [...this.of(setting), cost]);
      this.say(
        `  ${name}: ${readable(cost.cpuMicros)} µs CPU per task, ${readable(cost.rate)}/s, ${readable(cost.peakMB)} MB`,
      );
    }
  }

  has(setting: Setting): boolean {
    return this.costs.has(named(setting));
  }

  median(what: keyof Cost, setting: Setting): number {
    return median(this.of(setting).map((cost) => cost[what]));
  }

  /** The median of the CPU, and between what it was: a machine that others share moves it by half. */
  range(setting: Setting): string {
    const each = this.of(setting).map(({ cpuMicros }) => cpuMicros);
    return `${readable(median(each))} µs (${readable(Math.min(...each))} to ${readable(Math.max(...each))})`;
  }

  /** CPU of one ÷ that of the other in the same round, median. */
  ratio(one: Setting, other: Setting): number {
    const others = this.of(other);
    return median(this.of(one).map(({ cpuMicros }, round) => cpuMicros / (others[round]?.cpuMicros ?? Number.NaN)));
  }

  private of(setting: Setting): readonly Cost[] {
    return this.costs.get(named(setting)) ?? [];
  }

  private async costOf({ client, verify, node, urlsPerMessage, tasks }: Setting): Promise<Cost> {
    const { addresses } = this.server;
    const folder = verify === "edge" ? "warm" : "assets";
    const urls = Array.from({ length: urlsPerMessage }, (_, i) => ({ url: urlOf(i, folder), bytes: SMALL_BYTES }));
    const messages = addresses.map((address, pop) => messageFor(address, pop, urls, { verify, downloads: 1 }));
    const copies = Math.round(tasks / messages.length / urlsPerMessage);
    const whole = messages.length * copies * urlsPerMessage;
    const load = { messages, copies, tasks: whole };
    const how = { bundle: this.bundles[client], node: node.program, server: this.server };
    const { cpuMicros, seconds, peakMB, awsCalls } = await runAgent({ ...how, ...load });
    return { cpuMicros: cpuMicros / whole, rate: whole / seconds, peakMB, calls: awsCalls / whole };
  }
}

function named({ client, verify, node, urlsPerMessage, tasks }: Setting): string {
  return `${client}, verify: ${verify}, Node ${node.version}, ${urlsPerMessage} URLs per message, ${readable(tasks)} tasks`;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Bundles the agent as it is deployed, but with undici for its downloads. @returns the bundle's path */
async function bundleAgentWithUndici(): Promise<string> {
  const outfile = `${BUILT}agent-with-undici.mjs`;
  let swapped = 0;
  await build({
    ...bundleOptions,
    entryPoints: [path("../../agent/main.ts")],
    outfile,
    minify: true,
    plugins: [
      {
        name: "undici-client",
        setup({ onResolve }) {
          onResolve({ filter: /\/pooled-client\.ts$/ }, () => {
            swapped++;
            return { path: path("undici-client.ts") };
          });
        },
      },
    ],
  });
  if (swapped === 0) throw new Error("agent/fetch/http/pooled-client.ts is not where it was: nothing was swapped");
  return outfile;
}
