import { createHash } from "node:crypto";
import { handler } from "../../../lambdas/aggregation/index.ts";
import { peakMegabytes } from "../../local/processes.ts";
import { MODEL_REQ_ID, popsOfModel, urlOfModel } from "./model-request.ts";

/** Hands Aggregation all results of the model's request, in full batches as Lambda hands them over. Prints what that took. */
const RECORDS = 1_000;
const env = (name: string) => Number(process.env[name]);
const pops = popsOfModel(env("MODEL_POPS"));
const tasks = env("MODEL_URLS") * pops.length;

function event(first: number): object {
  const Records = Array.from({ length: Math.min(RECORDS, tasks - first) }, (_, i) => record(first + i));
  return { Records };
}

/** Tasks are numbered POP by POP, so a batch has results of all POPs: the most that counters can cost. */
function record(number: number): object {
  const pop = pops[number % pops.length] ?? "";
  const url = urlOfModel(Math.floor(number / pops.length));
  const ok = number % 100 !== 1;
  return {
    eventID: createHash("md5").update(String(number)).digest("hex"),
    eventName: "INSERT",
    dynamodb: {
      ApproximateCreationDateTime: 1_713_237_141 + Math.floor(number / 40_000),
      Keys: { task_key: { S: `${MODEL_REQ_ID}#7` }, pop_url: { S: `${pop}#${url}` } },
      NewImage: {
        req_id: { S: MODEL_REQ_ID },
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

const started = performance.now();
let cpuMicros = 0;
let batches = 0;
for (let first = 0; first < tasks; first += RECORDS) {
  const batch = event(first);
  const before = process.cpuUsage();
  await handler(batch);
  const { user, system } = process.cpuUsage(before);
  cpuMicros += user + system;
  batches++;
}
console.log(
  JSON.stringify({
    batches,
    cpuSeconds: cpuMicros / 1e6,
    seconds: (performance.now() - started) / 1_000,
    peakMB: peakMegabytes(),
  }),
);
process.exit(0);
