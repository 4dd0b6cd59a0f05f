import { execFileSync } from "node:child_process";
import { existsSync, rmSync, symlinkSync } from "node:fs";
import { build } from "esbuild";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { AGENT_UNIT, agentFlags } from "../local/agent-flags.ts";
import { BUILT, bundleOptions } from "../local/bundle-worker.ts";
import { urlOf } from "../local/fake-request.ts";
import { ROOT, RUN } from "../local/paths.ts";
import { table } from "../markdown-table.ts";
import { median } from "../median.ts";
import { messageFor, runAgent } from "./agent-run.ts";
import { type Bench, otherNode, THIS_NODE } from "./bench.ts";
import { type Server, SMALL_BYTES } from "./nginx.ts";
import { type Findings, readable, rowOf } from "./report.ts";

/** The commit that the agent's costs are compared with: before each task had a check that waits, and a second download. */
export const BASELINE = "9e7a870d";
const TASKS = [40_000, 200_000] as const;
/** As Task makes them of 500 URLs at 20 POPs for two instances. */
const URLS_PER_MESSAGE = 78;
const MAX_PEAK_MB = 400;

type Settings = Pick<TaskMessage, "verify" | "downloads">;

/** One kind of task: the requests of this agent, and those of the other one that it is compared with. */
interface Kind {
  readonly what: string;
  readonly settings: Settings;
  /** Folder of the server: what its answers report. */
  readonly folder: string;
  readonly against: { readonly verify: TaskMessage["verify"]; readonly folder: string };
  /** Most CPU time per task, as a multiple of the other agent's. */
  readonly mostRatio: number;
}

const OFF = { verify: "off", folder: "assets" } as const;
const EDGE = { verify: "edge", folder: "hit" } as const;
const KINDS: readonly Kind[] = [
  {
    what: "`verify: off`, one download",
    settings: { verify: "off", downloads: 1 },
    folder: "assets",
    against: OFF,
    mostRatio: 1.03,
  },
  { what: "one download and a check", settings: { verify: "edge" }, folder: "warm", against: EDGE, mostRatio: 1.1 },
  { what: "two downloads and a check", settings: { verify: "edge" }, folder: "aged", against: EDGE, mostRatio: 1.6 },
];

interface Cost {
  readonly cpuMicros: number;
  readonly peakMB: number;
}

/** Compares the agent with that of another commit, in interleaved rounds. @param commit any name that git knows */
export async function benchAgentAgainst(
  { rounds, server: startServer, say }: Bench,
  commit: string,
): Promise<Findings> {
  const node = otherNode() ?? THIS_NODE;
  const agents = {
    ours: { bundle: await bundleAgent(`${ROOT}agent/main.ts`, "agent-here"), flags: agentFlags() },
    other: { bundle: await bundleAgentOf(commit), flags: agentFlags(unitOf(commit)) },
  };
  const server = await startServer();
  const costs = new Map<string, Cost[]>();
  const measure = async (name: string, agent: Agent, settings: Settings, folder: string, tasks: number) => {
    const cost = await costOf({ ...agent, node: node.program, server, settings, folder, tasks });
    costs.set(name, [...(costs.get(name) ?? []), cost]);
    say(`  ${name}: ${readable(cost.cpuMicros)} µs CPU per task, ${readable(cost.peakMB)} MB`);
  };
  const ours = (kind: Kind, tasks: number) => `${kind.what}, ${readable(tasks)} tasks`;
  const theirs = (kind: Kind, tasks: number) => `${commit}, verify: ${kind.against.verify}, ${readable(tasks)} tasks`;
  for (let round = 0; round < rounds; round++)
    for (const tasks of TASKS) {
      for (const { verify, folder } of [OFF, EDGE])
        await measure(
          `${commit}, verify: ${verify}, ${readable(tasks)} tasks`,
          agents.other,
          { verify },
          folder,
          tasks,
        );
      for (const kind of KINDS) await measure(ours(kind, tasks), agents.ours, kind.settings, kind.folder, tasks);
    }
  const of = (name: string) => costs.get(name) ?? [];
  const ratio = (kind: Kind, tasks: number) => {
    const others = of(theirs(kind, tasks));
    const each = of(ours(kind, tasks)).map(({ cpuMicros }, i) => cpuMicros / (others[i]?.cpuMicros ?? Number.NaN));
    return median(each);
  };
  const all = KINDS.flatMap((kind) => TASKS.map((tasks) => ({ kind, tasks })));
  const peak = Math.max(...all.map(({ kind, tasks }) => median(of(ours(kind, tasks)).map(({ peakMB }) => peakMB))));
  return {
    title: `Whole agent against ${commit}`,
    rows: [
      ...all.map(({ kind, tasks }) =>
        rowOf({
          what: `whole agent, CPU per 10 KB task against commit ${commit}: ${kind.what}, ${readable(tasks)} tasks`,
          value: ratio(kind, tasks),
          unit: "×",
          required: kind.mostRatio,
          aim: kind.mostRatio,
        }),
      ),
      rowOf({
        what: "whole agent, peak memory of all of these",
        value: peak,
        unit: "MB",
        required: MAX_PEAK_MB,
        aim: MAX_PEAK_MB,
      }),
    ],
    notes: [
      `Both bundles run in turn, each with the flags of its systemd unit, on Node.js ${node.version}; medians of ${rounds} rounds, ratios within each round. The other agent downloads once; with \`verify: edge\`, it checks at once. This one waits 1.1 s before each further request.`,
      table(
        ["", "tasks", "CPU µs per task", `of ${commit}`, "ratio", "at most", "peak memory, MB"],
        all.map(({ kind, tasks }) => [
          kind.what,
          readable(tasks),
          readable(median(of(ours(kind, tasks)).map(({ cpuMicros }) => cpuMicros))),
          readable(median(of(theirs(kind, tasks)).map(({ cpuMicros }) => cpuMicros))),
          readable(ratio(kind, tasks)),
          String(kind.mostRatio),
          readable(median(of(ours(kind, tasks)).map(({ peakMB }) => peakMB))),
        ]),
      ),
    ],
  };
}

/** An agent as its instances start it. */
interface Agent {
  readonly bundle: string;
  readonly flags: readonly string[];
}

interface CostOptions extends Agent {
  readonly node: string;
  readonly server: Server;
  readonly settings: Settings;
  readonly folder: string;
  readonly tasks: number;
}

async function costOf({ settings, folder, tasks, ...run }: CostOptions): Promise<Cost> {
  const urls = Array.from({ length: URLS_PER_MESSAGE }, (_, i) => ({ url: urlOf(i, folder), bytes: SMALL_BYTES }));
  const messages = run.server.addresses.map((address, pop) => messageFor(address, pop, urls, settings));
  const copies = Math.round(tasks / messages.length / URLS_PER_MESSAGE);
  const whole = messages.length * copies * URLS_PER_MESSAGE;
  const { cpuMicros, peakMB } = await runAgent({ ...run, messages, copies, tasks: whole });
  return { cpuMicros: cpuMicros / whole, peakMB };
}

/** The text of the agent's systemd unit at a commit. */
function unitOf(commit: string): string {
  return execFileSync("git", ["show", `${commit}:${AGENT_UNIT}`], { cwd: ROOT, encoding: "utf8" });
}

/** Bundles the agent of a commit with the packages that are installed here. @returns the bundle's path */
async function bundleAgentOf(commit: string): Promise<string> {
  const tree = `${RUN}against`;
  execFileSync("git", ["worktree", "add", "--detach", "--force", tree, commit], { cwd: ROOT, stdio: "pipe" });
  try {
    if (!existsSync(`${tree}/node_modules`)) symlinkSync(`${ROOT}node_modules`, `${tree}/node_modules`);
    return await bundleAgent(`${tree}/agent/main.ts`, `agent-${commit}`);
  } finally {
    rmSync(`${tree}/node_modules`, { force: true });
    execFileSync("git", ["worktree", "remove", "--force", tree], { cwd: ROOT, stdio: "pipe" });
  }
}

async function bundleAgent(entry: string, name: string): Promise<string> {
  const outfile = `${BUILT}${name}.mjs`;
  await build({
    ...bundleOptions,
    entryPoints: [entry],
    outfile,
    minify: true,
  });
  return outfile;
}
