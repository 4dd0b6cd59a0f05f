// Calls a function of the stack as Lambda does. Prints what that took.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { popsOf, REQ_ID, urlOf } from "../../local/fake-request.ts";
import { peakMegabytes } from "../../local/processes.ts";

process.once("disconnect", () => process.exit(1));
const MAX_RUNS = 30;
const RUN_MS = 900_000;
/** A full batch of Aggregation. */
const RECORDS = 1_000;
/** Events that are made together. */
const PART = 60;
const pops = popsOf(Number(process.env["BENCH_POPS"]));
const tasks = Number(process.env["BENCH_URLS"]) * pops.length;

/** Of a run in Lambda, less what it keeps. */
const runSeconds: number[] = [];
let cpuMicros = 0;

async function measured(run: (startedAt: number) => Promise<unknown>): Promise<void> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await run(startedAt);
  runSeconds.push((performance.now() - startedAt) / 1_000);
  const { user, system } = process.cpuUsage(before);
  cpuMicros += user + system;
}

if (process.env["BENCH_FUNCTION"] === "aggregation") {
  const { handler } = await import("../../../lambdas/aggregation/index.ts");
  // Lambda's runtime reads the event in the same process.
  for (const texts of eventTexts()) for (const text of texts) await measured(() => handler(JSON.parse(text)));
} else {
  const { handler } = await import("../../../lambdas/shutdown/index.ts");
  const context = (startedAt: number) => ({
    getRemainingTimeInMillis: () => RUN_MS - (performance.now() - startedAt),
    invokedFunctionArn: "SHUTDOWN_ARN",
  });
  do await measured((startedAt) => handler({ req_id: REQ_ID }, context(startedAt)));
  while (runSeconds.length < MAX_RUNS && !(await isDone()));
}

async function isDone(): Promise<boolean> {
  process.send?.("is it done?");
  const [answer] = await once(process, "message");
  return Object(answer).isDone === true;
}

/** A part of all events at a time, made before its first is measured: what making them leaves to the garbage collector is not measured. */
function* eventTexts(): Generator<string[]> {
  for (let first = 0; first < tasks; first += PART * RECORDS) {
    const firsts = Array.from({ length: PART }, (_, i) => first + i * RECORDS).filter((it) => it < tasks);
    yield firsts.map((it) => {
      const Records = Array.from({ length: Math.min(RECORDS, tasks - it) }, (_, i) => record(it + i));
      return JSON.stringify({ Records });
    });
    globalThis.gc?.();
  }
}

/** Tasks are numbered POP by POP, so a batch has results of all POPs: the most that counters can cost. */
function record(number: number): object {
  const pop = pops[number % pops.length] ?? "";
  const url = urlOf(Math.floor(number / pops.length));
  const ok = number % 100 !== 1;
  const keys = { task_key: { S: `${REQ_ID}#7` }, pop_url: { S: `${pop}#${url}` } };
  return {
    eventID: createHash("md5").update(String(number)).digest("hex"),
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    eventSourceARN: "arn:aws:dynamodb:us-east-1:123456789012:table/Tasks/stream/2024-04-16T03:10:21.405",
    dynamodb: {
      ApproximateCreationDateTime: 1_713_237_141 + Math.floor(number / 40_000),
      Keys: keys,
      NewImage: {
        ...keys,
        req_id: { S: REQ_ID },
        pop: { S: pop },
        url: { S: url },
        ok: { BOOL: ok },
        bytes: { N: ok ? "10000" : "0" },
        reason: { S: ok ? "" : "origin" },
        http_status: { N: ok ? "200" : "503" },
        x_cache: { S: "Miss from cloudfront" },
        x_amz_cf_pop: { S: pop },
        x_amz_cf_id: { S: "kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==" },
        ms: { N: "12" },
        attempts: { N: "1" },
        agent: { S: "i-0123456789abcdef0" },
        expire_at: { N: "1800000000" },
      },
      SequenceNumber: "111111111111111111111111111",
      SizeBytes: 700,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
  };
}

console.log(
  JSON.stringify({
    runs: runSeconds.length,
    longestRunSeconds: Math.max(...runSeconds),
    seconds: runSeconds.reduce((sum, it) => sum + it, 0),
    cpuMicros,
    peakMB: peakMegabytes(),
  }),
);
process.exit(0);
