import { Duration } from "aws-cdk-lib";
import type * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import { attributesOf, STATES, type State, type Step } from "../domain/request/lifecycle.ts";
import type { Storage } from "./storage.ts";

/**
 * Filters are on what the item is now: it matches when an item is put or changed, never when one is removed. They do not
 * read the event's name, because for DynamoDB only what is below `dynamodb` is promised to be filtered on:
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

/**
 * Has the streams of the tables call the functions. In an account of ten concurrent executions, one request at a time
 * leaves some for the API: Task queues for two targets at once, four shards of results are counted, and there are Shutdown
 * and Watch. No more than two functions read one stream: with a third, AWS may throttle them.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function connectStreams(
  { getSize, task, aggregation }: Readonly<Record<"getSize" | "task" | "aggregation", lambda.Function>>,
  storage: Storage,
  byConcurrency: (high: number, low: number) => number,
  failedBatches: sqs.IQueue,
): void {
  const every = {
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    maxRecordAge: Duration.hours(12),
    // It keeps what a function failed on for good. CDK's SqsDlq also allows the function to read the queue's attributes.
    onFailure: { bind: () => ({ destination: failedBatches.queueArn }) },
  };
  /** @param patterns the function is called for each item whose new image matches one of them */
  const follow = (fn: lambda.Function, table: dynamodb.Table, patterns: readonly object[], batches: number) =>
    fn.addEventSource(
      new DynamoEventSource(table, {
        ...every,
        // One item at a time: a failing one holds up nobody, and each has the function's whole time.
        batchSize: 1,
        parallelizationFactor: batches,
        // Attempts after the first: for some minutes of an outage.
        retryAttempts: 20,
        filters: patterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      }),
    );
  follow(getSize, storage.requests, requestsFor("Get Size"), byConcurrency(10, 1));
  follow(task, storage.requests, requestsFor("Task"), byConcurrency(10, 1));
  follow(task, storage.requestPops, [nowHas({ state: { S: ["READY"] } })], byConcurrency(10, 2));
  aggregation.addEventSource(
    new DynamoEventSource(storage.requestTasks, {
      ...every,
      batchSize: 1_000,
      maxBatchingWindow: Duration.seconds(1),
      parallelizationFactor: byConcurrency(2, 1),
      // A batch must be tried again as it was: its token is what keeps it from counting twice.
      bisectBatchOnError: false,
      retryAttempts: 100,
      filters: [{ pattern: JSON.stringify(nowHas({ req_id: { S: [{ exists: true }] } })) }],
    }),
  );
}
