import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { bundleWorker } from "../local/bundle-worker.ts";
import { RUN } from "../local/paths.ts";

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
  const child = startPinned(OUR_CORE, [...nodeFlags(), bundle], env, node);
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

export interface FakeAwsOptions {
  /** Bodies of the messages in the queue, `copies` times over. */
  readonly messages?: readonly string[];
  readonly copies?: number;
  /** What GetItem and Query find, by table, in DynamoDB's own form. */
  readonly items?: Readonly<Record<string, object>>;
  /** What GetObject finds under every key. */
  readonly object?: string;
}

/** SQS, DynamoDB and S3 on the serving core. */
export interface FakeAws {
  /** What a process needs to talk to it. */
  readonly env: NodeJS.ProcessEnv;
  event(name: "first" | "done"): Promise<{ written: number; calls: Record<string, number> }>;
  close(): Promise<void>;
}

type Event = { event: string; port: number; written: number; calls: Record<string, number> };

export async function startFakeAws({
  messages = [],
  copies = 1,
  items = {},
  object = "",
}: FakeAwsOptions): Promise<FakeAws> {
  const data = `${RUN}fake-aws.json`;
  writeFileSync(data, JSON.stringify({ messages, copies, items, object }));
  const child = startPinned(SERVING_CORE, [bundleWorker(new URL("workers/fake-aws.ts", import.meta.url)), data]);
  const { port } = await event(child, "listening");
  return {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
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
    child.once("exit", (code) => reject(new Error(`the fake AWS ended with ${code}`)));
  });
}
