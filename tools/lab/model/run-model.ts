import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { bundleWorker } from "../../local/bundle-worker.ts";
import { FakeAws, FakeObjects, FakeQueue } from "../../local/fake-aws.ts";
import { REQ_ID } from "../../local/fake-request.ts";
import { ending, refuseIfEnding, startWorker, stop } from "../../local/processes.ts";
import { CounterTable } from "./counter-table.ts";
import { type ModelOptions, ModelRequest } from "./model-request.ts";

/** Lambda's 1,024 MB, less what is not the heap. */
const HEAP_MB = 700;
/** Of each call, as over a network. */
const LATENCY_MS = 8;

/** What a run is made with: the request's size, and what is wrong with it. */
export interface ModelRun extends Partial<ModelOptions> {
  readonly urls: number;
  readonly pops: number;
  /** Aggregation has all results once. Shutdown is called until the request is as wanted. */
  readonly function: "aggregation" | "shutdown";
  readonly until?: "FINISHED" | "closed";
  /** Messages in the queue. @default 0 */
  readonly messages?: number;
}

const tookSchema = z.object({
  runs: z.number(),
  longestRunSeconds: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakMB: z.number(),
});

/** What a run took, and what it left in the model's tables. */
export type ModelSeen = z.infer<typeof tookSchema> &
  ReturnType<ModelRequest["state"]> &
  ReturnType<CounterTable["state"]> & { readonly left: number; readonly objects: number };

/** Names of what a deployment has: the model tells them apart by these. */
const TABLES = ["REQUEST_TABLE", "REQUEST_POP_TABLE", "REQUEST_TASK_TABLE", "PROGRESS_TABLE", "BUCKET"];
const QUEUES = ["QUEUE_URL", "EXPRESS_QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "FAILED_BATCHES_URL"];
const OTHERS = ["GROUP_NAME", "SCHEDULE_GROUP", "SHUTDOWN_ARN", "SCHEDULE_ROLE_ARN", "AWS_LAMBDA_FUNCTION_NAME"];

/** Runs a function of the stack against the model, in a process with about the memory that Lambda gives it. */
export async function runModel(run: ModelRun): Promise<ModelSeen> {
  const { urls, pops, until, messages = 0, missingEvery = 0, status = "IN_PROGRESS" } = run;
  const request = new ModelRequest({ urls, pops, missingEvery, status });
  const counters = new CounterTable();
  const message = JSON.stringify({ req_id: REQ_ID, pop: "SIN2-P1" }).padEnd(300);
  const queue = new FakeQueue(messages, () => message);
  const objects = new FakeObjects(request.lists());
  const aws = await new FakeAws({
    latencyMs: LATENCY_MS,
    tables: {
      REQUEST_TABLE: request.requests,
      REQUEST_POP_TABLE: request.targets,
      REQUEST_TASK_TABLE: request.results,
      PROGRESS_TABLE: counters,
    },
    queue: { url: "/QUEUE_URL", messages: queue },
    objects,
  }).listen();
  const isThere = () => {
    const state = request.state();
    return until === "closed" ? state.closed : state.status === until;
  };
  try {
    const size = { MODEL_URLS: String(urls), MODEL_POPS: String(pops), MODEL_FUNCTION: run.function };
    const took = await callFunction({ ...size, ...environment(`http://127.0.0.1:${aws.port}`) }, isThere);
    const left = { left: queue.left, objects: objects.bytes() };
    return { ...took, ...request.state(), ...counters.state(), ...left };
  } finally {
    aws.close();
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

/** Calls a function in a process of its own. @param isThere asked after each run @throws Error if the process fails */
async function callFunction(env: NodeJS.ProcessEnv, isThere: () => boolean): Promise<z.infer<typeof tookSchema>> {
  const worker = bundleWorker(new URL("function-worker.ts", import.meta.url));
  const child = startWorker(worker, {
    env: { ...process.env, ...env },
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  child.on("message", () => child.send({ isThere: isThere() }));
  const interrupt = () => void stop(child);
  ending.signal.addEventListener("abort", interrupt);
  const [output, [code]] = await Promise.all([text(child.stdout ?? Readable.from([])), once(child, "close")]);
  ending.signal.removeEventListener("abort", interrupt);
  refuseIfEnding();
  if (code !== 0) throw new Error(`the function ended with ${code}: ${output.slice(-500)}`);
  return tookSchema.parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
}
