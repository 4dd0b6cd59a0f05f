import { Duration, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { capsEnvironment, type Parameters } from "./parameters.ts";
import { SourceBuckets } from "./permissions.ts";
import {
  allowSelfInvocation,
  configureAsyncInvocation,
  HasRoom,
  PipelineFunction,
  SELF_INVOKING,
} from "./pipeline-function.ts";
import { grantPipeline, type PipelineFunctions } from "./pipeline-permissions.ts";
import { connectStreams } from "./pipeline-streams.ts";
import type { Storage } from "./storage.ts";
import type { TaskQueue } from "./task-queue.ts";

export interface PipelineProps {
  readonly parameters: Parameters;
  readonly storage: Storage;
  readonly tasks: TaskQueue;
  /** Name of the agents' Auto Scaling group. */
  readonly groupName: string;
}

/** The six functions, and the streams and the timers that call them. */
export class Pipeline extends Construct implements PipelineFunctions {
  readonly api: lambda.Function;
  readonly getSize: lambda.Function;
  readonly expand: lambda.Function;
  readonly task: lambda.Function;
  readonly aggregation: lambda.Function;
  readonly shutdown: lambda.Function;
  /** Batches of stream records, and asynchronous invocations, that a function failed on again and again. */
  readonly failedBatches: sqs.Queue;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    const { parameters, storage, tasks, groupName } = props;
    const distributions = parameters.distributions.valueAsString;
    const sources = parameters.sourceBuckets.valueAsString;
    this.failedBatches = new sqs.Queue(this, "FailedBatches", {
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
    });
    const sourceBuckets = new SourceBuckets(this, "SourceBuckets", parameters.sourceBuckets);
    // Without a name, so that CloudFormation makes one up: CDK's would be the same for every stack of this template.
    const timers = new scheduler.CfnScheduleGroup(this, "Timers", {});
    const timerRole = new iam.Role(this, "TimerRole", {
      assumedBy: new iam.ServicePrincipal("scheduler.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    });

    const room = new HasRoom(this, "HasRoom", parameters.lambdaConcurrency);
    const names = {
      REQUEST_TABLE: storage.requests.tableName,
      REQUEST_POP_TABLE: storage.requestPops.tableName,
      REQUEST_TASK_TABLE: storage.requestTasks.tableName,
      PROGRESS_TABLE: storage.progress.tableName,
      BUCKET: storage.bucket.bucketName,
      QUEUE_URL: tasks.queue.queueUrl,
      EXPRESS_QUEUE_URL: tasks.express.queueUrl,
      STALL_SECONDS: parameters.stallSeconds.valueAsString,
      GROUP_NAME: groupName,
      SCHEDULE_GROUP: timers.ref,
    };
    const environment = <K extends keyof typeof names>(...keys: K[]) =>
      Object.fromEntries(keys.map((key) => [key, names[key]]));

    this.shutdown = new PipelineFunction(this, "Shutdown", {
      name: "shutdown",
      memorySize: 1_024,
      ...SELF_INVOKING,
      environment: {
        ...names,
        SCHEDULE_ROLE_ARN: timerRole.roleArn,
        FAILED_BATCHES_URL: this.failedBatches.queueUrl,
      },
    });
    const SHUTDOWN_ARN = this.shutdown.functionArn;
    this.api = new PipelineFunction(this, "Api", {
      name: "api",
      memorySize: 1_024,
      // API Gateway waits no longer.
      timeout: Duration.seconds(29),
      reservedConcurrentExecutions: room.keptForApi,
      environment: {
        ...environment("REQUEST_TABLE", "REQUEST_POP_TABLE", "REQUEST_TASK_TABLE", "PROGRESS_TABLE", "BUCKET"),
        ...environment("GROUP_NAME", "SCHEDULE_GROUP", "STALL_SECONDS"),
        SCHEDULE_ROLE_ARN: timerRole.roleArn,
        SHUTDOWN_ARN,
        DISTRIBUTIONS: distributions,
        SOURCE_BUCKETS: sources,
        ...capsEnvironment(parameters),
      },
    });
    this.expand = new PipelineFunction(this, "Expand", {
      name: "expand",
      memorySize: 1_769,
      ...SELF_INVOKING,
      environment: {
        ...environment("REQUEST_TABLE", "BUCKET", "GROUP_NAME"),
        SHUTDOWN_ARN,
        SOURCE_BUCKETS: sources,
        ...capsEnvironment(parameters, ["maxTasks"]),
      },
    });
    this.getSize = new PipelineFunction(this, "GetSize", {
      name: "get-size",
      memorySize: 1_769,
      environment: {
        ...environment("REQUEST_TABLE", "REQUEST_POP_TABLE", "PROGRESS_TABLE", "BUCKET", "GROUP_NAME", "STALL_SECONDS"),
        SHUTDOWN_ARN,
        EXPAND_ARN: this.expand.functionArn,
        DISTRIBUTIONS: distributions,
      },
    });
    this.task = new PipelineFunction(this, "Task", {
      name: "task",
      memorySize: 1_769,
      environment: {
        ...environment("REQUEST_TABLE", "REQUEST_POP_TABLE", "PROGRESS_TABLE", "BUCKET"),
        ...environment("QUEUE_URL", "EXPRESS_QUEUE_URL", "GROUP_NAME"),
        SHUTDOWN_ARN,
        ...capsEnvironment(parameters, ["maxTasks", "maxRequestBytes"]),
      },
    });
    this.aggregation = new PipelineFunction(this, "Aggregation", {
      name: "aggregation",
      timeout: Duration.minutes(2),
      environment: {
        ...environment("REQUEST_TABLE", "PROGRESS_TABLE", "GROUP_NAME"),
        SHUTDOWN_ARN,
        FAILED_BATCHES_URL: this.failedBatches.queueUrl,
      },
    });

    grantPipeline(this, this, {
      ...props,
      timers,
      timerRole,
      failedBatches: this.failedBatches,
    });
    sourceBuckets.allowReading(this.expand);
    // They write to the bucket, so they are gone before it is emptied.
    for (const fn of [this.api, this.getSize, this.expand, this.shutdown])
      fn.node.addDependency(storage.bucket.emptied);
    connectStreams(this, storage, room, this.failedBatches);
    // Documents are fetched from servers that anybody may name: `maxActiveRequests` bounds how many runs there are.
    for (const fn of [this.shutdown, this.expand]) {
      configureAsyncInvocation(fn, this.failedBatches);
      allowSelfInvocation(this, fn);
    }
  }
}
