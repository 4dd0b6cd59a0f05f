import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { marshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { QUOTA } from "../../domain/cost/work-time.ts";
import { MAX_URLS } from "../../domain/limits.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { resultShardCount } from "../../domain/plan/task.ts";
import { bundleWorker } from "../local/bundle-worker.ts";
import { LABEL, popsOf, REQ_ID, requestItem, urlOf } from "../local/fake-request.ts";
import { startWorker } from "../local/processes.ts";
import type { Item } from "../memory-aws/expressions.ts";
import type { Bench } from "./bench.ts";
import { environmentOf, MemoryStack } from "./memory-stack.ts";
import { type Findings, type Row, readable, rowOf } from "./report.ts";

/** POPs of the largest request that is tried. */
const POPS = 400;
/** Messages of 24 million small files: `domain/plan/task-message.ts`. */
const MESSAGES = 240_000;
const RECOUNTS = [1e4, 1e5, 1e6];
const RECOUNT_POPS = 100;
const LAMBDA = { megabytes: 1_024, seconds: 900 };
/** Lambda's memory, less what is not the heap. */
const HEAP_MB = 700;
/** Of each call of the AWS APIs, as over a network. */
const LATENCY_MS = 8;
const STOP_SECONDS = 600;

/**
 * 24 million tasks go through Aggregation and Shutdown as they are deployed, in a process with about Lambda's memory. The AWS APIs are in
 * memory, and make results up when they are asked for. `BENCH_LARGE_SCALE=0.1` tries a tenth.
 * @throws Error if something is not counted, or a request does not end
 */
export async function benchLargeRequest({ say }: Pick<Bench, "say">): Promise<Findings> {
  const scale = Number(process.env["BENCH_LARGE_SCALE"] ?? 1);
  const urls = Math.round(MAX_URLS * scale);
  const messages = Math.round(MESSAGES * scale);
  const tasks = urls * POPS;
  const rows: Row[] = [];
  const run = async (what: string, of: LargeRequest, rowsOf: (ran: LargeRun) => Row[]) => {
    const ran = await runLargeRequest(of);
    say(`  ${what}: ${readable(ran.seconds)} s, ${readable(ran.cpuMicros / 1e6)} s of a core, ${ran.runs} runs`);
    rows.push(
      ...rowsOf(ran),
      rowOf({ what: `${what}: peak memory`, value: ran.peakMB, unit: "MB", required: LAMBDA.megabytes }),
    );
  };
  const count = readable(tasks);
  await run(`${count} results counted`, { function: "aggregation", urls, pops: POPS }, (ran) =>
    countedRows(tasks, ran),
  );
  const recounts: Omit<LargeRequest, "function">[] = [
    ...RECOUNTS.filter((size) => size <= tasks).map((size) => ({ urls: size / RECOUNT_POPS, pops: RECOUNT_POPS })),
    { urls, pops: POPS, missingEvery: 10 },
  ];
  for (const of of recounts) {
    const what = `${readable(of.urls * of.pops)} recounted${of.missingEvery === undefined ? "" : ", a tenth given up"}`;
    await run(what, { function: "shutdown", ...of }, ({ longestRunSeconds }) => [
      rowOf({ what: `${what}: longest run`, value: longestRunSeconds, unit: "s", required: LAMBDA.seconds }),
    ]);
  }
  const dropped = `${readable(messages)} messages dropped after a stop`;
  await run(dropped, { function: "shutdown", urls: 10, pops: 10, isStopped: true, messages }, ({ seconds }) => [
    rowOf({ what: dropped, value: seconds, unit: "s", required: STOP_SECONDS }),
  ]);
  return {
    title: "The largest request",
    rows,
    notes: [
      `Aggregation and Shutdown as they are deployed, with ${HEAP_MB} MB of heap. The AWS APIs are in memory; each call takes ${LATENCY_MS} ms.`,
    ],
  };
}

/** Counters cost little of what the results cost, and no partition key is hot. */
export function countedRows(tasks: number, { units, busiest }: Pick<LargeRun, "units" | "busiest">): Row[] {
  const name = `${readable(tasks)} results counted`;
  return [
    rowOf({
      what: `${name}: write units of counters, of those of the results`,
      value: units / tasks,
      unit: "×",
      required: 0.15,
    }),
    rowOf({
      what: `${name}: the busiest key`,
      value: (busiest / tasks) * QUOTA.tableWrites,
      unit: "units/s",
      required: 1_000,
    }),
  ];
}

/** A request with very many tasks, and the function that works at it. */
interface LargeRequest {
  /** Aggregation has all results once. Shutdown is called until the request has ended, or is closed after a stop. */
  readonly function: "aggregation" | "shutdown";
  readonly urls: number;
  readonly pops: number;
  /** Every so-manieth task has no result. @default all have */
  readonly missingEvery?: number;
  readonly isStopped?: boolean;
  /** In the queue. @default 0 */
  readonly messages?: number;
}

const tookSchema = z.object({
  runs: z.number(),
  longestRunSeconds: z.number(),
  seconds: z.number(),
  cpuMicros: z.number(),
  peakMB: z.number(),
});

/** What the process took, what it counted, and the write units of counters, of all keys and of the busiest. */
interface LargeRun extends z.infer<typeof tookSchema> {
  readonly tasks: number;
  readonly failed: number;
  readonly units: number;
  readonly busiest: number;
}

/** A write is billed by the KiB begun, and twice in a transaction. */
const UNIT_BYTES = 1_024;
const BYTES = 10_000;

/** @throws Error if a task is not counted, or the request is not as it must be in the end */
export async function runLargeRequest(of: LargeRequest): Promise<LargeRun> {
  const { urls, pops, isStopped = false } = of;
  const units = new Map<string, number>();
  let factor = 1;
  const aws = new MemoryStack({
    latencyMs: LATENCY_MS,
    results: resultsOf(of),
    onRecord: (table, { dynamodb: { Keys, NewImage = {} } }) => {
      const key = Keys["key"]?.["S"];
      if (table !== "progress" || typeof key !== "string") return;
      units.set(key, (units.get(key) ?? 0) + factor * Math.ceil(sizeOf(NewImage) / UNIT_BYTES));
    },
  });
  aws.inject = ({ operation }) => {
    factor = operation === "TransactWriteItems" ? 2 : 1;
    return undefined;
  };
  fill(aws, of);
  const endpoint = await aws.listen();
  const state = () => {
    const [{ status, closed, download_count, failed_count } = {}] = aws.dynamoDb.items("requests");
    const isDone = isStopped ? closed?.["BOOL"] === true : status?.["S"] === "FINISHED";
    return { isDone, tasks: Number(download_count?.["N"] ?? 0), failed: Number(failed_count?.["N"] ?? 0) };
  };
  try {
    const size = { BENCH_FUNCTION: of.function, BENCH_URLS: String(urls), BENCH_POPS: String(pops) };
    const took = await callFunction({ ...environmentOf(endpoint), ...size }, () => state().isDone);
    const { isDone, ...recounted } = state();
    const isCounting = of.function === "aggregation";
    const tasks = isCounting ? countedIn(aws) : recounted.tasks;
    const left = aws.sqs.messages("main").length;
    if ((!isStopped && tasks !== urls * pops) || (!isCounting && !isDone) || left > 0)
      throw new Error(`${tasks} of ${urls * pops} tasks are counted, ${left} messages left; done: ${isDone}`);
    const all = [...units.values()];
    const sum = all.reduce((total, it) => total + it, 0);
    return { ...took, ...recounted, tasks, units: sum, busiest: Math.max(0, ...all) };
  } finally {
    await aws.close();
  }
}

/** Calls the function in a process of its own. @param isDone asked after each run @throws Error if the process fails */
async function callFunction(env: NodeJS.ProcessEnv, isDone: () => boolean): Promise<z.infer<typeof tookSchema>> {
  const child = startWorker(bundleWorker(new URL("workers/function.ts", import.meta.url)), {
    env: { ...process.env, ...env },
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  child.on("message", () => child.send({ isDone: isDone() }));
  const [output, [code]] = await Promise.all([text(child.stdout ?? Readable.from([])), once(child, "close")]);
  if (code !== 0) throw new Error(`the function ended with ${code}: ${output.slice(-500)}`);
  return tookSchema.parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
}

/** What the shards of the totals count. */
function countedIn(aws: MemoryStack): number {
  const totals = aws.dynamoDb.items("progress").filter(({ key }) => String(key?.["S"]).startsWith("count#"));
  return totals.reduce((sum, { download_count }) => sum + Number(download_count?.["N"] ?? 0), 0);
}

function fill(aws: MemoryStack, { urls, pops, isStopped = false, messages = 0 }: LargeRequest): void {
  const names = popsOf(pops);
  const { active, ...item } = requestItem({
    status: isStopped ? "STOPPED" : "IN_PROGRESS",
    expire_at: 1_900_000_000,
    url_count: urls,
    pops: names,
    total_count: urls * pops,
    total_size: urls * pops * BYTES,
    shards: resultShardCount(urls * pops),
    targets_total: pops,
    targets_sent: pops,
    // Queued again as often as can be: what is missing now is given up.
    requeues: 2,
  });
  aws.put("requests", { ...item, ...(isStopped ? {} : { active }), empty_seen_at: 1_713_237_113_531 });
  for (const pop of names) {
    const target = { req_id: REQ_ID, target: `${pop}#${LABEL}`, pop, label: LABEL, state: "SENT" };
    aws.put("pops", { ...target, ips: ["192.0.2.1"], expire_at: 1_900_000_000 });
  }
  aws.putObject(LISTS.goodUrls.key(REQ_ID), Array.from({ length: urls }, (_, i) => `${urlOf(i)},${BYTES}\n`).join(""));
  const message = JSON.stringify({ req_id: REQ_ID, pop: "SIN2-P1" }).padEnd(300);
  for (let n = 0; n < messages; n++) aws.sqs.send("main", message);
}

/** Of a result as an agent writes it; DynamoDB ends a page at 1 MB of them, whatever is asked of each. */
const RESULT_BYTES = 700;
const PAGE_RESULTS = Math.floor(2 ** 20 / RESULT_BYTES);
/** Every so-manieth result is a failure. */
const FAILED_EVERY = 100;

/** Makes up the results of a shard: of those tasks whose number leaves the shard's number as a rest. */
export function resultsOf({ urls, pops, missingEvery = 0 }: Pick<LargeRequest, "urls" | "pops" | "missingEvery">) {
  const names = popsOf(pops);
  const shards = resultShardCount(urls * pops);
  return ({ ExpressionAttributeValues, ExclusiveStartKey }: Readonly<Record<string, unknown>>) => {
    const [key] = Object.values(Object(ExpressionAttributeValues)).map((value) => String(Object(value).S));
    const task_key = key ?? "";
    const shard = Number(task_key.slice(task_key.lastIndexOf("#") + 1));
    const Items: object[] = [];
    let at = Number(Object(Object(ExclusiveStartKey).pop_url).S ?? 0);
    for (; Items.length < PAGE_RESULTS; at++) {
      const number = shard + at * shards;
      if (number >= urls * pops) return { Items, Count: Items.length };
      if (missingEvery > 0 && number % missingEvery === 0) continue;
      const ok = number % FAILED_EVERY !== 1;
      const [pop = "", url] = [names[number % pops], urlOf(Math.floor(number / pops))];
      const result = {
        task_key,
        pop_url: `${pop}#${url}`,
        pop,
        url,
        ok,
        bytes: ok ? BYTES : 0,
        attempts: ok ? 1 : 3,
        http_status: ok ? 200 : 503,
        x_amz_cf_pop: pop,
        x_amz_cf_id: "kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==",
        error: ok ? undefined : "503 Service Unavailable",
      };
      Items.push(marshall(result, { removeUndefinedValues: true }));
    }
    return { Items, Count: Items.length, LastEvaluatedKey: { task_key: { S: task_key }, pop_url: { S: String(at) } } };
  };
}

/** Names and values: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function sizeOf(item: Item): number {
  let bytes = 0;
  for (const [name, { S = "", N }] of Object.entries(item))
    bytes += name.length + (N === undefined ? String(S).length : Math.ceil(String(N).length / 2) + 1);
  return bytes;
}
