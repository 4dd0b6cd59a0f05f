import { Duration, Stack } from "aws-cdk-lib";
import type * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { SETTLE_DUE } from "../domain/request/request-item.ts";
import { TERMINAL_STATUSES } from "../domain/request/status.ts";
import { allow } from "./allow.ts";
import { HasRoom } from "./has-room.ts";
import { PipelineFunction } from "./pipeline-function.ts";
import { grantPipeline, type PipelineFunctions } from "./pipeline-permissions.ts";
import type { Storage } from "./storage.ts";
import type { TaskQueue } from "./task-queue.ts";

export interface PipelineProps {
  readonly storage: Storage;
  readonly tasks: TaskQueue;
  /** Name of the agents' Auto Scaling group. */
  readonly groupName: string;
}

/**
 * Filters are on what the item is now: it matches when an item is put or changed, never when one is removed. They do not
 * look at the event's name, because for DynamoDB only what is below `dynamodb` is promised to be filtered on:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
const nowHas = (attributes: object) => ({ dynamodb: { NewImage: attributes } });

/** Attempts after the first that a step has: for some minutes of an outage. */
const RETRIES = 20;
/** A recount may take its quarter of an hour each time. Who still needs one is found again, by Watch and by the timer. */
const RECOUNT_RETRIES = 5;

interface Follow {
  readonly patterns: readonly object[];
  /** Batches of one shard at once. */
  readonly batches: number;
  /** @default RETRIES */
  readonly retryAttempts?: number;
}

/** The five functions, and the streams and timers that call them. */
export class Pipeline extends Construct implements PipelineFunctions {
  readonly api: lambda.Function;
  readonly getSize: lambda.Function;
  readonly task: lambda.Function;
  readonly aggregation: lambda.Function;
  readonly shutdown: lambda.Function;
  /** Batches of stream records that a function failed on again and again. */
  readonly failedBatches: sqs.Queue;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    const { storage, tasks, groupName } = props;
    this.failedBatches = new sqs.Queue(this, "FailedBatches", {
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
    });
    // Without a name, so that CloudFormation makes one up: CDK's would be the same for every stack of this template.
    const timers = new scheduler.CfnScheduleGroup(this, "Timers", {});
    const timerRole = new iam.Role(this, "TimerRole", {
      assumedBy: new iam.ServicePrincipal("scheduler.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    });

    const room = new HasRoom(this, "HasRoom");
    const names = {
      REQUEST_TABLE: storage.requests.tableName,
      REQUEST_POP_TABLE: storage.requestPops.tableName,
      REQUEST_TASK_TABLE: storage.requestTasks.tableName,
      BUCKET: storage.bucket.bucketName,
      QUEUE_URL: tasks.queue.queueUrl,
      GROUP_NAME: groupName,
      SCHEDULE_GROUP: timers.ref,
    };
    const environment = <K extends keyof typeof names>(...keys: K[]) =>
      Object.fromEntries(keys.map((key) => [key, names[key]]));

    this.shutdown = new PipelineFunction(this, "Shutdown", {
      name: "shutdown",
      memorySize: 1_024,
      environment: names,
    });
    this.api = new PipelineFunction(this, "Api", {
      name: "api",
      memorySize: 1_024,
      // API Gateway waits no longer.
      timeout: Duration.seconds(29),
      reservedConcurrentExecutions: room.keptForApi,
      environment: {
        ...environment("REQUEST_TABLE", "REQUEST_POP_TABLE", "BUCKET", "QUEUE_URL", "GROUP_NAME", "SCHEDULE_GROUP"),
        SCHEDULE_ROLE_ARN: timerRole.roleArn,
        SHUTDOWN_ARN: this.shutdown.functionArn,
      },
    });
    this.getSize = new PipelineFunction(this, "GetSize", {
      name: "get-size",
      memorySize: 1_769,
      environment: environment("REQUEST_TABLE", "BUCKET", "GROUP_NAME"),
    });
    this.task = new PipelineFunction(this, "Task", {
      name: "task",
      memorySize: 1_769,
      environment: environment("REQUEST_TABLE", "REQUEST_POP_TABLE", "BUCKET", "QUEUE_URL", "GROUP_NAME"),
    });
    this.aggregation = new PipelineFunction(this, "Aggregation", {
      name: "aggregation",
      timeout: Duration.minutes(2),
      environment: {
        ...environment("REQUEST_TABLE", "GROUP_NAME"),
        DEAD_LETTER_QUEUE_URL: this.failedBatches.queueUrl,
      },
    });

    grantPipeline(this, { ...props, timers, timerRole, failedBatches: this.failedBatches });
    // They write to the bucket, so they are gone before it is emptied.
    for (const fn of [this.api, this.getSize, this.shutdown]) fn.node.addDependency(storage.bucket.emptied);
    this.connect(storage, room);
  }

  /**
   * In an account of ten concurrent executions, one request at a time leaves two for the API: Task queues for two targets
   * at once, four shards of results are counted, and there are Shutdown and Watch.
   */
  private connect(storage: Storage, room: HasRoom): void {
    const one = room.batches({ low: 1, high: 10 });
    this.follow(this.getSize, storage.requests, { patterns: [nowHas({ status: { S: ["CREATED"] } })], batches: one });
    this.follow(this.task, storage.requests, { patterns: [nowHas({ status: { S: ["CHECK_POP"] } })], batches: one });
    this.follow(this.task, storage.requestPops, {
      patterns: [nowHas({ state: { S: ["READY"] } })],
      batches: room.batches({ low: 2, high: 10 }),
    });
    this.follow(this.shutdown, storage.requests, {
      patterns: [
        nowHas({ settle: { S: [SETTLE_DUE] } }),
        nowHas({ status: { S: [...TERMINAL_STATUSES] }, closed: { BOOL: [false] } }),
      ],
      batches: one,
      retryAttempts: RECOUNT_RETRIES,
    });
    this.aggregation.addEventSource(
      new DynamoEventSource(storage.requestTasks, {
        startingPosition: lambda.StartingPosition.TRIM_HORIZON,
        batchSize: 1_000,
        maxBatchingWindow: Duration.seconds(1),
        parallelizationFactor: room.batches({ low: 1, high: 2 }),
        // A batch must be tried again as it was: its token is what keeps it from counting twice.
        bisectBatchOnError: false,
        retryAttempts: 100,
        maxRecordAge: Duration.hours(12),
        onFailure: keptIn(this.failedBatches),
        filters: [{ pattern: JSON.stringify(nowHas({ req_id: { S: [{ exists: true }] } })) }],
      }),
    );
  }

  /** Calls a function for each item whose new image matches one of the patterns. */
  private follow(fn: lambda.Function, table: dynamodb.Table, { patterns, batches, retryAttempts }: Follow): void {
    fn.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: lambda.StartingPosition.TRIM_HORIZON,
        // One item at a time: a failing one holds up nobody, and each has the function's whole time.
        batchSize: 1,
        parallelizationFactor: batches,
        retryAttempts: retryAttempts ?? RETRIES,
        maxRecordAge: Duration.hours(12),
        onFailure: keptIn(this.failedBatches),
        filters: patterns.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      }),
    );
  }
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
