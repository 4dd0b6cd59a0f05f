import { LambdaClient } from "@aws-sdk/client-lambda";
import { AsyncFunction } from "../../../aws/async-function.ts";
import { documentClient, queueClient } from "../../../aws/clients.ts";
import { DeadLetterQueue } from "../../../aws/dead-letter-queue.ts";
import { ProgressTable } from "../../../aws/progress-table.ts";
import { RequestTable } from "../../../aws/request-table.ts";
import { SettlementRequests } from "../../../aws/settlement-requests.ts";
import { metricNamespace } from "../../../domain/metrics.ts";
import type { AggregationDeps } from "../../../lambdas/aggregation/deps.ts";
import { createHandler } from "../../../lambdas/aggregation/handler.ts";
import { fakeDeps } from "../../local/fake-deps.ts";

/** Batches of 1,000 stream records through the handler, their JSON parsed as the Lambda runtime does it. */
const BATCHES = 60;
const RECORDS = 1_000;
const env = (name: string) => process.env[name] ?? "";
const reqId = env("BENCH_REQ_ID");

function event(batch: number): string {
  const Records = Array.from({ length: RECORDS }, (_, i) => ({
    eventID: `${batch}-${i}-b1f1fd2c8a9a4f16a1f2`,
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    eventSourceARN: "arn:aws:dynamodb:us-east-1:123456789012:table/Tasks/stream/2024-04-16T03:10:21.405",
    dynamodb: {
      ApproximateCreationDateTime: 1_713_237_141,
      Keys: { task_key: { S: `${reqId}#7` }, pop_url: { S: `SIN2-P1#${url(i)}` } },
      NewImage: image(i),
      SequenceNumber: "111111111111111111111111111",
      SizeBytes: 700,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
  }));
  return JSON.stringify({ Records });
}

function image(i: number) {
  return {
    task_key: { S: `${reqId}#7` },
    pop_url: { S: `SIN2-P1#${url(i)}` },
    req_id: { S: reqId },
    pop: { S: "SIN2-P1" },
    url: { S: url(i) },
    ok: { BOOL: true },
    bytes: { N: "10000" },
    http_status: { N: "200" },
    x_cache: { S: "Miss from cloudfront" },
    x_amz_cf_pop: { S: "SIN2-P1" },
    x_amz_cf_id: { S: "kUm_Nkgl0eDPZWVQoxB5kZyLwJ5ZDJ9sGVtSuyjQjO2J4dqjrBZuGQ==" },
    ms: { N: "12" },
    attempts: { N: "1" },
    agent: { S: "i-0123456789abcdef0" },
    expire_at: { N: "1800000000" },
  };
}

function url(i: number): string {
  return `https://www.example.com/assets/images/products/${String(i).padStart(6, "0")}.webp`;
}

const unplanned = () => {
  throw new Error("nothing here is unreadable");
};
const [db, sqs] = [documentClient(), queueClient()];
const progress = new ProgressTable(db, env("PROGRESS_TABLE"), unplanned);
const handler = createHandler(
  fakeDeps<AggregationDeps>({
    requests: new RequestTable(db, env("REQUEST_TABLE"), unplanned, { invoke: unplanned }),
    progress,
    settlements: new SettlementRequests(
      db,
      env("PROGRESS_TABLE"),
      new AsyncFunction(new LambdaClient({}), env("SHUTDOWN_ARN")),
    ),
    failedBatches: new DeadLetterQueue(sqs, env("FAILED_BATCHES_URL")),
    onUnparseable: unplanned,
    logger: { warn() {}, info() {} },
    namespace: metricNamespace(env("GROUP_NAME")),
  }),
);
const events = Array.from({ length: BATCHES }, (_, batch) => event(batch));
const started = performance.now();
const before = process.cpuUsage();
for (const text of events) await handler(JSON.parse(text));
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    records: BATCHES * RECORDS,
    cpuMicros: user + system,
    seconds: (performance.now() - started) / 1_000,
  }),
);
process.exit(0);
