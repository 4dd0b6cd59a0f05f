import { S3Client } from "@aws-sdk/client-s3";
import { documentClient, queueClient } from "../../../aws/clients.ts";
import { Lists } from "../../../aws/lists.ts";
import { RequestPopTable } from "../../../aws/request-pop-table.ts";
import { RequestTable } from "../../../aws/request-table.ts";
import { MainAndExpressQueues } from "../../../aws/task-queue.ts";
import { type FanOutDeps, fanOut } from "../../../domain/plan/fan-out.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { peakMegabytes } from "../../local/processes.ts";

/** One READY target, from the list in the bucket to the messages in the queue, as a cold function does it. */
const env = (name: string) => process.env[name] ?? "";
const db = documentClient();
const unplanned = () => {
  throw new Error("nothing here is unreadable");
};
const queue = new MainAndExpressQueues(queueClient(), { main: env("QUEUE_URL"), express: env("QUEUE_URL") });
let tasks = 0;
async function* counted(messages: Iterable<TaskMessage> | AsyncIterable<TaskMessage>) {
  for await (const message of messages) {
    tasks += message.urls.length;
    yield message;
  }
}
const deps: FanOutDeps = {
  requests: new RequestTable(db, env("REQUEST_TABLE"), unplanned, { invoke: unplanned }),
  requestPops: new RequestPopTable(db, env("REQUEST_POP_TABLE"), env("REQUEST_TABLE"), unplanned),
  lists: new Lists(new S3Client({}), env("BUCKET")),
  queue: { send: (messages, lane) => queue.send(counted(messages), lane) },
  logger: { info() {} },
};
const started = performance.now();
const before = process.cpuUsage();
await fanOut(deps, env("BENCH_REQ_ID"), "SIN2-P1#d111111abcdef8");
const { user, system } = process.cpuUsage(before);
if (tasks !== Number(env("BENCH_TASKS")))
  throw new Error(`${tasks} tasks were queued instead of ${env("BENCH_TASKS")}`);
console.log(
  JSON.stringify({
    cpuMicros: user + system,
    seconds: (performance.now() - started) / 1_000,
    peakMB: peakMegabytes(),
  }),
);
process.exit(0);
