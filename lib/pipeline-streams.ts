import { Duration } from "aws-cdk-lib";
import type * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import { attributesOf, STATES, type State, type Step } from "../domain/request/lifecycle.ts";
import { allow } from "./permissions.ts";
import type { HasRoom } from "./pipeline-function.ts";
import type { PipelineFunctions } from "./pipeline-permissions.ts";
import type { Storage } from "./storage.ts";

/**
 * Filters are on what the item is now: it matches when an item is put or changed, never when one is removed. They do not
 * look at the event's name, because for DynamoDB only what is below `dynamodb` is promised to be filtered on:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
const nowHas = (attributes: object) => ({ dynamodb: { NewImage: attributes } });

/** The items of the Request table that invoke a step: those in the states that it ends. */
function requestsFor(step: Step): object[] {
  const states = Object.keys(STATES).filter((state): state is State => {
    const row = STATES[state as State];
    return row.step === step && row.stream === "requests";
  });
  const isValue = ([name, value]: [string, string]) => [name, { S: [value] }];
  return states.map((state) => nowHas(Object.fromEntries(Object.entries(attributesOf(state)).map(isValue))));
}

/** Attempts after the first that a step has: for some minutes of an outage. */
const RETRIES = 20;

/** How a function follows a table. */
interface Follow {
  readonly patterns: readonly object[];
  /** Batches of one shard at once. */
  readonly batches: number;
}

/**
 * Has the streams of the tables call the functions. In an account of ten concurrent executions, one request at a time
 * leaves some for the API: Task queues for two targets at once, four shards of results are counted, and there are Shutdown
 * and Watch. No more than two functions read one stream: a third would have all of them throttled, says AWS.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function connectStreams(
  { getSize, task, aggregation }: PipelineFunctions,
  storage: Storage,
  room: HasRoom,
  failedBatches: sqs.IQueue,
): void {
  const follow = (fn: lambda.Function, table: dynamodb.Table, how: Follow) =>
    followTable(fn, table, how, failedBatches);
  const one = room.batches({ low: 1, high: 10 });
  follow(getSize, storage.requests, { patterns: requestsFor("Get Size"), batches: one });
  follow(task, storage.requests, { patterns: requestsFor("Task"), batches: one });
  follow(task, storage.requestPops, {
    patterns: [nowHas({ state: { S: ["READY"] } })],
    batches: room.batches({ low: 2, high: 10 }),
  });
  aggregation.addEventSource(
    new DynamoEventSource(storage.requestTasks, {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 1_000,
      maxBatchingWindow: Duration.seconds(1),
      parallelizationFactor: room.batches({ low: 1, high: 2 }),
      // A batch must be tried again as it was: its token is what keeps it from counting twice.
      bisectBatchOnError: false,
      retryAttempts: 100,
      maxRecordAge: Duration.hours(12),
      onFailure: keptIn(failedBatches),
      filters: [{ pattern: JSON.stringify(nowHas({ req_id: { S: [{ exists: true }] } })) }],
    }),
  );
}

/** Calls a function for each item whose new image matches one of the patterns. */
function followTable(
  fn: lambda.Function,
  table: dynamodb.Table,
  { patterns, batches }: Follow,
  failedBatches: sqs.IQueue,
): void {
  fn.addEventSource(
    new DynamoEventSource(table, {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      // One item at a time: a failing one holds up nobody, and each has the function's whole time.
      batchSize: 1,
      parallelizationFactor: batches,
      retryAttempts: RETRIES,
      maxRecordAge: Duration.hours(12),
      onFailure: keptIn(failedBatches),
      filters: patterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
    }),
  );
}

/** A queue that keeps what a function gave up on: CDK's own also lets the function look at the queue. */
function keptIn({ queueArn }: sqs.IQueue): lambda.IEventSourceDlq {
  return {
    bind: (_, fn) => {
      allow(fn, ["sqs:SendMessage"], queueArn);
      return { destination: queueArn };
    },
  };
}
