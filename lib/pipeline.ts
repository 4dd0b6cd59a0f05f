import { Aws, CfnCondition, Duration, Fn, Stack, Token } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { capsEnvironment, type Parameters, RESERVED_FOR_API } from "./parameters.ts";
import { allow, allowReadingSources, distributionArns, groupArn, onKeys } from "./permissions.ts";
import { configureAsyncInvocation, PipelineFunction } from "./pipeline-function.ts";
import { connectStreams } from "./pipeline-streams.ts";
import type { Queues } from "./queues.ts";
import type { Storage } from "./storage.ts";

export interface PipelineProps {
  readonly parameters: Parameters;
  readonly storage: Storage;
  readonly queues: Queues;
  /** Name of the agents' Auto Scaling group. */
  readonly groupName: string;
}

/** The six functions, what each may do, and the streams and the timers that call them. */
export class Pipeline extends Construct {
  readonly api: PipelineFunction;
  readonly getSize: PipelineFunction;
  readonly expand: PipelineFunction;
  readonly task: PipelineFunction;
  readonly aggregation: PipelineFunction;
  readonly shutdown: PipelineFunction;
  /** Batches of stream records, and asynchronous invocations, that a function failed on again and again. */
  readonly failedBatches: sqs.Queue;
  readonly functions: readonly PipelineFunction[];
  /** The variables that functions know the parts by; Shutdown has no `SHUTDOWN_ARN`, because it cannot name itself. */
  readonly variables: Readonly<Record<string, string>>;
  /** The timers of requests, and the role that they call Shutdown with. */
  private readonly timers: scheduler.CfnScheduleGroup;
  private readonly timerRole: iam.Role;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    const { parameters, storage, queues, groupName } = props;
    const distributions = parameters.distributions.valueAsString;
    const sources = parameters.sourceBuckets.valueAsString;
    this.failedBatches = new sqs.Queue(this, "FailedBatches", {
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
    });
    // Without a name, so that CloudFormation makes one up: CDK's would be the same for every stack of this template.
    this.timers = new scheduler.CfnScheduleGroup(this, "Timers", {});
    this.timerRole = new iam.Role(this, "TimerRole", {
      assumedBy: new iam.ServicePrincipal("scheduler.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    });

    /**
     * A value that depends on whether the account lets many functions run at once. A new account may have ten concurrent executions in
     * all, and none of these can be reserved: Lambda keeps 100 unreserved, or all there are. A stream has no other bound than the batches
     * that are read from each of its shards at once.
     * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
     * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
     */
    const isHigh = new CfnCondition(this, "HasHighConcurrency", {
      expression: Fn.conditionEquals(parameters.lambdaConcurrency.valueAsString, "high"),
    });
    const byConcurrency = (high: number, low: number | string) =>
      Token.asNumber(Fn.conditionIf(isHigh.logicalId, high, low));
    const variables = {
      ...storage.variables,
      BUCKET: storage.bucket.bucketName,
      ...queues.variables,
      FAILED_BATCHES_URL: this.failedBatches.queueUrl,
      STALL_SECONDS: parameters.stallSeconds.valueAsString,
      GROUP_NAME: groupName,
    };
    const schedules = { SCHEDULE_GROUP: this.timers.ref, SCHEDULE_ROLE_ARN: this.timerRole.roleArn };
    this.shutdown = new PipelineFunction(this, "Shutdown", {
      name: "shutdown",
      memorySize: 1_024,
      recursiveLoop: lambda.RecursiveLoop.ALLOW,
      environment: { ...variables, ...schedules },
    });
    this.variables = { ...variables, SHUTDOWN_ARN: this.shutdown.functionArn };
    this.api = new PipelineFunction(this, "Api", {
      name: "api",
      memorySize: 1_024,
      // API Gateway waits no longer.
      timeout: Duration.seconds(29),
      reservedConcurrentExecutions: byConcurrency(RESERVED_FOR_API, Aws.NO_VALUE),
      environment: {
        ...this.variables,
        ...schedules,
        DISTRIBUTIONS: distributions,
        SOURCE_BUCKETS: sources,
        ...capsEnvironment(parameters),
      },
    });
    this.expand = new PipelineFunction(this, "Expand", {
      name: "expand",
      memorySize: 1_769,
      recursiveLoop: lambda.RecursiveLoop.ALLOW,
      environment: {
        ...this.variables,
        SOURCE_BUCKETS: sources,
        ...capsEnvironment(parameters),
      },
    });
    this.getSize = new PipelineFunction(this, "GetSize", {
      name: "get-size",
      memorySize: 1_769,
      environment: {
        ...this.variables,
        EXPAND_ARN: this.expand.functionArn,
        DISTRIBUTIONS: distributions,
      },
    });
    this.task = new PipelineFunction(this, "Task", {
      name: "task",
      memorySize: 1_769,
      environment: { ...this.variables, ...capsEnvironment(parameters) },
    });
    this.aggregation = new PipelineFunction(this, "Aggregation", {
      name: "aggregation",
      timeout: Duration.minutes(2),
      environment: this.variables,
    });

    this.functions = [this.api, this.getSize, this.expand, this.task, this.aggregation, this.shutdown];
    this.grant(props);
    // They write to the bucket, so they are gone before it is emptied.
    for (const fn of [this.api, this.getSize, this.expand, this.shutdown])
      fn.node.addDependency(storage.bucket.emptied);
    connectStreams(this, storage, byConcurrency, this.failedBatches);
    // Documents are fetched from servers that anybody may name: `maxActiveRequests` bounds how many runs there are.
    for (const fn of [this.shutdown, this.expand]) configureAsyncInvocation(this, fn, this.failedBatches);
  }

  /** Allows each function the calls that its code makes, on the resources that it makes them on, and nothing else. */
  private grant({ storage, queues, groupName, parameters }: PipelineProps): void {
    const { api, getSize, expand, task, aggregation, shutdown } = this;
    const stack = Stack.of(this);
    const { bucket, activeIndexArn, newestIndexArn } = storage;
    const { tableArn: requests } = storage.requests;
    const { tableArn: requestPops } = storage.requestPops;
    const { tableArn: requestTasks } = storage.requestTasks;
    const { tableArn: progress } = storage.progress;
    const objects = bucket.arnForObjects("*");

    for (const fn of [getSize, expand, task, shutdown])
      allow(fn, ["dynamodb:GetItem", "dynamodb:UpdateItem"], requests);
    allow(api, ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], requests);
    allow(aggregation, ["dynamodb:GetItem"], requests);
    allow(api, ["dynamodb:Query"], activeIndexArn, newestIndexArn, requestPops, requestTasks, progress);
    // A retry warms the POPs that did not resolve, too.
    allow(getSize, ["dynamodb:Query"], requestPops);
    allow(task, ["dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], requestPops);
    allow(task, ["dynamodb:Query"], activeIndexArn, progress);
    allow(shutdown, ["dynamodb:Query"], activeIndexArn, requestPops, requestTasks);

    // Of that table, the API writes callers' tokens and nothing else.
    api.addToRolePolicy(onKeys(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], progress, ["token#*"]));
    // The limits of origins, and the heartbeats that hold its permits.
    getSize.addToRolePolicy(
      onKeys(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"], progress, ["limit#*", "host#*", "beat#*"]),
    );
    allow(task, ["dynamodb:BatchWriteItem"], progress);
    for (const fn of [aggregation, shutdown])
      allow(fn, ["dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], progress);

    allow(task, ["s3:GetObject"], objects);
    for (const fn of [api, getSize, expand, shutdown]) {
      allow(fn, ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], objects);
      // Without ListBucket, S3 answers 403 instead of 404 for an object that is missing.
      allow(fn, ["s3:ListBucket"], bucket.bucketArn);
    }
    // The API undoes what it wrote. Expand and Shutdown delete where their runs stopped.
    for (const fn of [api, expand, shutdown]) allow(fn, ["s3:DeleteObject"], objects);
    allowReadingSources(this, expand, parameters.sourceBuckets);

    for (const fn of [task, shutdown]) allow(fn, ["sqs:SendMessage"], ...queues.arns);
    allow(
      shutdown,
      ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
      ...queues.arns,
    );
    for (const fn of [getSize, expand, task, aggregation, shutdown])
      allow(fn, ["sqs:SendMessage"], this.failedBatches.queueArn);

    // Listing distributions cannot be limited to a resource.
    for (const fn of [api, getSize, expand]) allow(fn, ["cloudfront:ListDistributions"], "*");
    // A request may name any distribution that the stack's list allows.
    const distributions = distributionArns(this, parameters.distributions);
    allow(task, ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"], ...distributions);

    // Whoever ends a request, or sees that one is to be checked, invokes Shutdown.
    for (const role of [api, getSize, expand, task, aggregation, this.timerRole])
      allow(role, ["lambda:InvokeFunction"], shutdown.functionArn);
    allow(getSize, ["lambda:InvokeFunction"], expand.functionArn);

    // Api schedules the timer of a request, and Shutdown its settlement checks.
    const resourceName = `${this.timers.ref}/*`;
    const schedules = stack.formatArn({ service: "scheduler", resource: "schedule", resourceName });
    for (const fn of [api, shutdown]) {
      allow(fn, ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"], schedules);
      fn.addToRolePolicy(
        new iam.PolicyStatement({
          actions: ["iam:PassRole"],
          resources: [this.timerRole.roleArn],
          conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
        }),
      );
    }
    const bus = stack.formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
    allow(shutdown, ["events:PutEvents"], bus);
    for (const fn of [api, task, shutdown]) {
      allow(fn, ["autoscaling:SetDesiredCapacity"], groupArn(stack, groupName));
      // Describing groups cannot be limited to a resource.
      allow(fn, ["autoscaling:DescribeAutoScalingGroups"], "*");
    }
  }
}
