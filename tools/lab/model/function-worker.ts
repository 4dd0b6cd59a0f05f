// Calls a function of the stack as Lambda does, until its parent says that the request is as wanted. Prints what that took.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { REQ_ID, urlOf } from "../../local/fake-request.ts";
import { peakMegabytes } from "../../local/processes.ts";
import { popsOfModel } from "./model-request.ts";

process.once("disconnect", () => process.exit(1));
const MOST_RUNS = 30;
const RUN_MS = 900_000;
/** A full batch of Aggregation. */
const RECORDS = 1_000;
const env = (name: string) => Number(process.env[name]);
const pops = popsOfModel(env("MODEL_POPS"));
const tasks = env("MODEL_URLS") * pops.length;

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

if (process.env["MODEL_FUNCTION"] === "aggregation") {
  const { handler } = await import("../../../lambdas/aggregation/index.ts");
  for (let first = 0; first < tasks; first += RECORDS) {
    const Records = Array.from({ length: Math.min(RECORDS, tasks - first) }, (_, i) => record(first + i));
    await measured(() => handler({ Records }));
  }
} else {
  const { handler } = await import("../../../lambdas/shutdown/index.ts");
  const context = (startedAt: number) => ({
    getRemainingTimeInMillis: () => RUN_MS - (performance.now() - startedAt),
    invokedFunctionArn: "SHUTDOWN_ARN",
  });
  do await measured((startedAt) => handler({ req_id: REQ_ID }, context(startedAt)));
  while (runSeconds.length < MOST_RUNS && !(await isThere()));
}

async function isThere(): Promise<boolean> {
  process.send?.("is it there?");
  const [answer] = await once(process, "message");
  return Object(answer).isThere === true;
}

/** Tasks are numbered POP by POP, so a batch has results of all POPs: the most that counters can cost. */
function record(number: number): object {
  const pop = pops[number % pops.length] ?? "";
  const url = urlOf(Math.floor(number / pops.length));
  const ok = number % 100 !== 1;
  return {
    eventID: createHash("md5").update(String(number)).digest("hex"),
    eventName: "INSERT",
    dynamodb: {
      ApproximateCreationDateTime: 1_713_237_141 + Math.floor(number / 40_000),
      Keys: { task_key: { S: `${REQ_ID}#7` }, pop_url: { S: `${pop}#${url}` } },
      NewImage: {
        req_id: { S: REQ_ID },
        pop: { S: pop },
        url: { S: url },
        ok: { BOOL: ok },
        ms: { N: "12" },
        bytes: { N: ok ? "10000" : "0" },
        reason: { S: ok ? "" : "origin" },
      },
    },
  };
}

console.log(
  JSON.stringify({
    runs: runSeconds.length,
    longestRunSeconds: Math.max(...runSeconds),
    seconds: runSeconds.reduce((sum, it) => sum + it, 0),
    cpuSeconds: cpuMicros / 1e6,
    peakMB: peakMegabytes(),
  }),
);
process.exit(0);
