import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { bundleWorker } from "../../local/bundle-worker.ts";

/** Lambda's 1,024 MB, less what is not the heap. */
const HEAP_MB = 700;

/** What a run is made with: the request's size, and what is wrong with it. */
export interface ModelRun {
  readonly function: "shutdown" | "aggregation";
  readonly urls: number;
  readonly pops: number;
  /** Every so-manieth task has no result. @default 0: all have */
  readonly missingEvery?: number;
  /** Messages in the queue. @default 0 */
  readonly messages?: number;
  readonly status?: "IN_PROGRESS" | "STOPPED";
  /** The status that it is to come to, or `closed`. */
  readonly until?: string;
  /** What a run of Shutdown may take. @default 900, as in Lambda */
  readonly runSeconds?: number;
}

const tookSchema = z.object({
  runs: z.number().default(1),
  longestRunSeconds: z.number().default(0),
  batches: z.number().default(0),
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakMB: z.number(),
});

const stateSchema = z.object({
  status: z.string(),
  closed: z.boolean(),
  downloadCount: z.number(),
  failedCount: z.number(),
  units: z.number(),
  busiest: z.string(),
  most: z.number(),
  counted: z.number(),
  left: z.number(),
  objects: z.number(),
});

/** What a run took, and what it left in the model's tables. */
export type ModelSeen = z.infer<typeof tookSchema> & z.infer<typeof stateSchema>;

/** Names of what a deployment has: the model tells them apart by these. */
const TABLES = ["REQUEST_TABLE", "REQUEST_POP_TABLE", "REQUEST_TASK_TABLE", "PROGRESS_TABLE", "BUCKET"];
const QUEUES = ["QUEUE_URL", "EXPRESS_QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "FAILED_BATCHES_URL"];
const OTHERS = ["GROUP_NAME", "SCHEDULE_GROUP", "SHUTDOWN_ARN", "SCHEDULE_ROLE_ARN", "AWS_LAMBDA_FUNCTION_NAME"];

/** Runs a function of the stack against the model, in a process with about the memory that Lambda gives it. */
export async function runModel(run: ModelRun): Promise<ModelSeen> {
  const size = {
    MODEL_URLS: String(run.urls),
    MODEL_POPS: String(run.pops),
    MODEL_MISSING: String(run.missingEvery ?? 0),
    MODEL_MESSAGES: String(run.messages ?? 0),
    MODEL_STATUS: run.status ?? "IN_PROGRESS",
  };
  const aws = fork(bundleWorker(new URL("aws-worker.ts", import.meta.url)), { env: { ...process.env, ...size } });
  try {
    const endpoint = `http://127.0.0.1:${await portOf(aws)}`;
    const env: NodeJS.ProcessEnv = { ...size, ...environment(endpoint), MODEL_UNTIL: run.until ?? "" };
    if (run.runSeconds !== undefined) env["MODEL_RUN_SECONDS"] = String(run.runSeconds);
    const took = tookSchema.parse(
      await lastLine(bundleWorker(new URL(`${run.function}-worker.ts`, import.meta.url)), env),
    );
    return { ...took, ...stateSchema.parse(await (await fetch(`${endpoint}/state`)).json()) };
  } finally {
    const ended = once(aws, "exit");
    if (aws.connected) aws.disconnect();
    await ended;
  }
}

function environment(endpoint: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries([...TABLES, ...OTHERS].map((name) => [name, name])),
    ...Object.fromEntries(QUEUES.map((name) => [name, `${endpoint}/${name}`])),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    POWERTOOLS_LOG_LEVEL: "SILENT",
    STALL_SECONDS: "900",
    // Nobody announces an end here: EventBridge is not there, and the event goes to the dead letters.
    API_URL: `${endpoint}/`,
  };
}

async function portOf(aws: ChildProcess): Promise<number> {
  const [message] = await Promise.race([
    once(aws, "message"),
    once(aws, "exit").then(([code]) => {
      throw new Error(`the model's tables ended with ${code}`);
    }),
  ]);
  return z.object({ port: z.number() }).parse(message).port;
}

/** @returns what a worker printed last, as JSON @throws Error if it ended with another code than 0 */
async function lastLine(worker: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, worker], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`${worker} ended with ${code}: ${output.slice(-500)}`);
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}
