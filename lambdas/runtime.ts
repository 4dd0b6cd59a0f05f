import { Logger } from "@aws-lambda-powertools/logger";
import { LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { AsyncFunction } from "../aws/async-function.ts";
import { documentClient, dynamoClient, queueClient } from "../aws/clients.ts";
import { DeadLetterQueue } from "../aws/dead-letter-queue.ts";
import type { Fleet } from "../aws/fleet.ts";
import { ProgressTable } from "../aws/progress-table.ts";
import { RequestPopTable } from "../aws/request-pop-table.ts";
import { type RequestReader, RequestTable } from "../aws/request-table.ts";
import { RequestTaskTable } from "../aws/request-task-table.ts";
import { SettlementRequests } from "../aws/settlement-requests.ts";
import { MainAndExpressQueues } from "../aws/task-queue.ts";
import { nameVariable } from "../domain/environment.ts";
import { type OnUnparseable, withoutQueries } from "../domain/log-fields.ts";
import { metricNamespace, withMetrics } from "../domain/metrics.ts";
import { neededCapacity, stallSecondsSchema, timingsOf } from "../domain/request/lifecycle.ts";

/** Milliseconds that Expand, Get Size, Task and Shutdown reserve at the end of a run to write their state. */
export const RESERVE_MS = 120_000;

/** A batch from a table's stream, of which only the keys are read. */
const streamKeysSchema = z.object({
  Records: z.array(
    z.object({
      dynamodb: z.object({
        Keys: z.record(
          z.string(),
          z.object({ S: z.string() }).transform(({ S }) => S),
        ),
      }),
    }),
  ),
});

/**
 * Runs a step for the key of each record of a table's stream. The streams have batches of one record, and none of an item that is removed
 * (lib/pipeline.ts). A record may be late or come twice, so each step reads the item again from the table.
 */
export async function forEachKey(
  event: unknown,
  step: (key: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  for (const { dynamodb } of streamKeysSchema.parse(event).Records) await step(dynamodb.Keys);
}

/** The variables of each function that works on requests: `Pipeline.variables` in lib/pipeline.ts. */
export const pipelineVariables = z.object({
  REQUEST_TABLE: nameVariable,
  REQUEST_POP_TABLE: nameVariable,
  REQUEST_TASK_TABLE: nameVariable,
  PROGRESS_TABLE: nameVariable,
  BUCKET: nameVariable,
  QUEUE_URL: z.url(),
  EXPRESS_QUEUE_URL: z.url(),
  FAILED_BATCHES_URL: z.url(),
  STALL_SECONDS: stallSecondsSchema,
  /** It is part of the metrics' namespace, too. */
  GROUP_NAME: nameVariable,
});

/**
 * What each function that works on requests is built from. The bucket and the fleet are in adapters.ts: a bundle that imports their
 * clients is larger by a fifth, and Aggregation calls neither.
 * @param shutdownArn the function that is invoked for a request that ends, by its name or ARN
 */
export function tablesAndQueues(serviceName: string, env: z.infer<typeof pipelineVariables>, shutdownArn: string) {
  const logger = new Logger({ serviceName });
  /** CloudWatch namespace of the metrics. */
  const namespace = metricNamespace(env.GROUP_NAME);
  const onUnparseable = reportUnparseable(logger, namespace);
  const dynamo = dynamoClient();
  const db = documentClient(dynamo);
  const lambda = new LambdaClient({});
  const sqs = queueClient();
  const shutdown = new AsyncFunction(lambda, shutdownArn);
  return {
    logger,
    namespace,
    onUnparseable,
    db,
    lambda,
    sqs,
    shutdown,
    requests: new RequestTable(db, env.REQUEST_TABLE, onUnparseable, shutdown),
    requestPops: new RequestPopTable(db, env.REQUEST_POP_TABLE, env.REQUEST_TABLE, onUnparseable),
    results: new RequestTaskTable(dynamo, env.REQUEST_TASK_TABLE, onUnparseable),
    progress: new ProgressTable(db, env.PROGRESS_TABLE, onUnparseable),
    queue: new MainAndExpressQueues(sqs, { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL }),
    /** Stream records, events and dead letters that cannot be processed. */
    failedBatches: new DeadLetterQueue(sqs, env.FAILED_BATCHES_URL),
    settlements: new SettlementRequests(db, env.PROGRESS_TABLE, shutdown),
    timings: timingsOf(env.STALL_SECONDS),
  };
}

/** Logs what cannot be read, with its key, and counts it as the metric `Unreadable`. @param namespace of the metric */
export function reportUnparseable(logger: Pick<Logger, "warn">, namespace: string): OnUnparseable {
  return ({ kind, key, problem }) => {
    const counted = withMetrics(namespace, { Unreadable: 1 });
    logger.warn("Skipped unparseable item", { kind, key: withoutQueries(key), problem, ...counted });
  };
}

interface Scaling {
  readonly requests: RequestReader;
  readonly fleet: Fleet;
}

/**
 * Sets the group to what the active requests need now. Reads the need again afterwards: a request that starts raises the group before it
 * is listed, and this may just have lowered it again.
 */
export async function fitFleet(deps: Scaling): Promise<void> {
  await deps.fleet.setDesiredCapacity(neededCapacity(await deps.requests.readActive()));
  await raiseFleet(deps);
}

/** Raises the group to what the active requests need, if it is below. */
export async function raiseFleet({ requests, fleet }: Scaling): Promise<void> {
  await fleet.raiseTo(neededCapacity(await requests.readActive()));
}
