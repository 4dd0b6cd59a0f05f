import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { bundleWorker } from "../local/bundle-worker.ts";
import { RUN } from "../local/paths.ts";
import { environmentOf, type TableName } from "./memory-stack.ts";

/** The measured program runs on one core, and what serves it on the other. */
export const OUR_CORE = 0;
export const SERVING_CORE = 1;

export interface Ran {
  readonly seconds: number;
  /** User and system time of the process and of all that it started. */
  readonly cpuMicros: number;
  readonly stdout: string;
}

/** Runs a shell command on our core to its end. */
export async function runPinned(command: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  // bash's own `time` counts the children in, and is there wherever bash is.
  const script = `TIMEFORMAT='@%R %U %S'; time { ${command}\n}`;
  const child = spawn("taskset", ["-c", String(OUR_CORE), "bash", "-c", script], { env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  await once(child, "close");
  const times = /@([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr);
  if (times === null) throw new Error(`${command}\n${stderr}`);
  const [real = 0, user = 0, system = 0] = times.slice(1).map(Number);
  return { seconds: real, cpuMicros: (user + system) * 1e6, stdout };
}

/** Starts a Node process that stays, on a core. It shares our stderr. */
export function startPinned(
  core: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  node = process.execPath,
): ChildProcess {
  return spawn("taskset", ["-c", String(core), node, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
}

/** Runs one of our workers on our core: a bundle that prints its findings as JSON in its last line. */
export async function runWorker<T>(bundle: string, env: NodeJS.ProcessEnv, node?: string): Promise<T> {
  const child = startPinned(OUR_CORE, ["--expose-gc", ...nodeFlags(), bundle], env, node);
  let stdout = "";
  child.stdout?.on("data", (chunk) => (stdout += chunk));
  const [code] = await once(child, "close");
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (code !== 0) throw new Error(`${bundle} ended with ${code}: ${stdout}`);
  return JSON.parse(last) as T;
}

/** `BENCH_NODE_FLAGS="--cpu-prof --cpu-prof-dir=…"` profiles what is measured. */
export function nodeFlags(): string[] {
  return (process.env["BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
}

/** User and system time of a process so far, in microseconds; the kernel counts in hundredths of a second. */
export function cpuMicrosOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** What a stack in memory has at first. */
export interface StackContent {
  /** Bodies of the messages in the queue, `copies` times over. */
  readonly messages?: readonly string[];
  readonly copies?: number;
  /** An item of each table. */
  readonly items?: { readonly [Name in TableName]?: object };
}

/** The AWS APIs of a stack in memory, on the serving core. */
interface ServedStack {
  /** Of a function or an agent of the stack. */
  readonly env: NodeJS.ProcessEnv;
  event(name: "first" | "done"): Promise<Pick<Event, "written" | "calls">>;
  close(): Promise<void>;
}

type Event = { event: string; endpoint: string; written: number; calls: number };

export async function serveStack({ messages = [], copies = 1, items = {} }: StackContent): Promise<ServedStack> {
  const data = `${RUN}stack.json`;
  writeFileSync(data, JSON.stringify({ messages, copies, items }));
  const child = startPinned(SERVING_CORE, [bundleWorker(new URL("workers/memory-stack.ts", import.meta.url)), data]);
  const { endpoint } = await event(child, "listening");
  return {
    env: environmentOf(endpoint),
    event: (name) => event(child, name),
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

async function event(child: ChildProcess, name: string): Promise<Event> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      const it = message as Event;
      if (it.event !== name) return;
      child.off("message", onMessage);
      resolve(it);
    };
    child.on("message", onMessage);
    child.once("exit", (code) => reject(new Error(`the stack in memory ended with ${code}`)));
  });
}
