import { Aws, CfnCondition, Duration, Fn, Stack, Token } from "aws-cdk-lib";
import type * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { keysOf } from "../domain/collections.ts";
import { attributesOf, STATES, type Step } from "../domain/request/lifecycle.ts";
import packageJson from "../package.json" with { type: "json" };
import { capsEnvironment, type Parameters, RESERVED_FOR_API } from "./parameters.ts";
import { allow, allowIf, allowReadingSources, distributionArns, groupArn, onKeys } from "./permissions.ts";
import { PipelineFunction } from "./pipeline-function.ts";
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
  /**
   * Has Lambda send these to the queue. CDK's SqsDlq also allows the function to read the queue's attributes. Lambda sends with the
   * function's role, and checks when it is configured that the role may.
   * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
   */
  private readonly onFailure = { bind: () => ({ destination: this.failedBatches.queueArn }) };
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
      environment: { ...variables, ...schedules, ...capsEnvironment(parameters) },
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
        // What GET /settings returns of the deployment, and what an estimate is based on.
        ENV_NAME: parameters.envName.valueAsString,
        VERSION: packageJson.version,
        INSTANCE_TYPES: parameters.instanceTypes.valueAsString,
        ON_DEMAND_PERCENT: parameters.onDemandPercent.valueAsString,
        SPOT_PRICE_PER_HOUR: parameters.spotPricePerHour.valueAsString,
      },
    });
    this.expand = new PipelineFunction(this, "Expand", {
      name: "expand",
      memorySize: 1_769,
      recursiveLoop: lambda.RecursiveLoop.ALLOW,
      environment: {
        ...this.variables,
        DISTRIBUTIONS: distributions,
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
    this.connectStreams(storage, byConcurrency);
    // Documents are fetched from servers that anybody may name: `maxActiveRequests` bounds how many runs there are.
    for (const fn of [this.shutdown, this.expand]) this.configureAsyncInvocation(fn);
  }

  /**
   * Has the streams of the tables call the functions. In an account of ten concurrent executions, one request at a time
   * leaves some for the API: Task queues for two targets at once, the four shards of a new table's results are counted, and there
   * are Shutdown and Watch. No more than two functions read one stream: with a third, AWS may throttle them.
   * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
   */
  private connectStreams(storage: Storage, byConcurrency: (high: number, low: number) => number): void {
    const every = {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      maxRecordAge: Duration.hours(12),
      onFailure: this.onFailure,
    };
    const subscribe = (fn: lambda.Function, table: dynamodb.Table, filters: object[], batches: number) =>
      fn.addEventSource(
        new DynamoEventSource(table, {
          ...every,
          // One item at a time: a failing one holds up nobody, and each has the function's whole time.
          batchSize: 1,
          parallelizationFactor: batches,
          // Attempts after the first: for some minutes of an outage.
          retryAttempts: 20,
          filters,
        }),
      );
    subscribe(this.getSize, storage.requests, requestsFor("Get Size"), byConcurrency(10, 1));
    subscribe(this.task, storage.requests, requestsFor("Task"), byConcurrency(10, 1));
    subscribe(this.task, storage.requestPops, [nowHas({ state: "READY" })], byConcurrency(10, 2));
    this.aggregation.addEventSource(
      new DynamoEventSource(storage.requestTasks, {
        ...every,
        batchSize: 1_000,
        maxBatchingWindow: Duration.seconds(1),
        parallelizationFactor: byConcurrency(2, 1),
        // A batch must be tried again as it was: its token is what keeps it from counting twice.
        bisectBatchOnError: false,
        retryAttempts: 100,
        filters: [nowHas({ req_id: { exists: true } })],
      }),
    );
  }

  /**
   * How Lambda handles the asynchronous invocations of a function, and lets it invoke itself to go on where a run stopped. No queue is
   * polled for them, so an idle stack pays nothing. The function also needs `recursiveLoop`: by default, Lambda stops a function that has
   * been invoked 16 times in a chain; the largest request takes more runs. Each run makes progress or waits, and a request's timeout ends
   * the chain. https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
   */
  private configureAsyncInvocation(fn: lambda.Function): void {
    fn.configureAsyncInvoke({
      // Lambda's default and most: an invocation that fails is repeated after one and after two minutes; one that is throttled, for six
      // hours. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: this.onFailure,
    });
    // In a policy beside the role's own: the function depends on that one, which could not name the function.
    const invoking = new iam.PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [fn.functionArn] });
    const policy = new iam.Policy(this, `${fn.node.id}SelfInvocation`, { statements: [invoking] });
    fn.role?.attachInlinePolicy(policy);
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

    allow([getSize, expand, task, shutdown], ["dynamodb:GetItem", "dynamodb:UpdateItem"], requests);
    allow(api, ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], requests);
    allow(aggregation, ["dynamodb:GetItem"], requests);
    allow(api, ["dynamodb:Query"], activeIndexArn, newestIndexArn, requestPops, progress);
    // A retry warms the POPs that did not resolve, too.
    allow(getSize, ["dynamodb:Query"], requestPops);
    allow(task, ["dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], requestPops);
    allow(task, ["dynamodb:Query"], activeIndexArn, progress);
    allow(shutdown, ["dynamodb:Query"], activeIndexArn, requestPops, requestTasks);
    // POPs that lead for themselves.
    allow(shutdown, ["dynamodb:UpdateItem"], requestPops);

    // Of that table, the API writes callers' tokens and nothing else.
    allowIf(onKeys("token#*"), api, ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], progress);
    // The limits of origins, and the heartbeats that hold its permits.
    const limits = onKeys("limit#*", "host#*", "beat#*");
    allowIf(limits, getSize, ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"], progress);
    allow(task, ["dynamodb:BatchWriteItem"], progress);
    allow(
      [aggregation, shutdown],
      ["dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      progress,
    );

    allow(task, ["s3:GetObject"], objects);
    allow([api, getSize, expand, shutdown], ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], objects);
    // Without ListBucket, S3 answers 403 instead of 404 for an object that is missing.
    allow([api, getSize, expand, shutdown], ["s3:ListBucket"], bucket.bucketArn);
    // The API undoes what it wrote. Expand and Shutdown delete where their runs stopped.
    allow([api, expand, shutdown], ["s3:DeleteObject"], objects);
    allowReadingSources(this, expand, parameters.sourceBuckets);

    allow([task, shutdown], ["sqs:SendMessage"], ...queues.arns);
    allow(
      shutdown,
      ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
      ...queues.arns,
    );
    allow([getSize, expand, task, aggregation, shutdown], ["sqs:SendMessage"], this.failedBatches.queueArn);

    // Which distribution or tenant a host belongs to. Listing distributions cannot be limited to a resource.
    const every = (resource: string) =>
      stack.formatArn({ service: "cloudfront", region: "", account: "*", resource, resourceName: "*" });
    const finders = [api, getSize, expand];
    allow(finders, ["cloudfront:ListDistributions"], "*");
    allow(finders, ["cloudfront:GetDistributionTenantByDomain"], every("distribution-tenant"));
    // Of the ids in the stack's list.
    allow(finders, ["cloudfront:GetDistributionTenant"], every("distribution-tenant"));
    const groups = ["cloudfront:GetConnectionGroup", "cloudfront:GetConnectionGroupByRoutingEndpoint"];
    allow(finders, groups, every("connection-group"));
    // A request may name any distribution that the stack's list allows.
    const distributions = distributionArns(this, parameters.distributions);
    const invalidating = ["CreateInvalidation", "GetInvalidation"].flatMap((name) => [
      name,
      `${name}ForDistributionTenant`,
    ]);
    allow(
      task,
      invalidating.map((name) => `cloudfront:${name}`),
      ...distributions,
    );
    // How a distribution is configured. A policy may be one of AWS's own, so the account is left open. Web ACLs of CloudFront lie in
    // one Region, whichever the stack is in.
    // The list may have a tenant without its multi-tenant distribution, whose settings it has.
    allow(api, ["cloudfront:GetDistribution"], every("distribution"));
    allow(api, ["cloudfront:GetCachePolicy"], every("cache-policy"));
    allow(api, ["cloudfront:GetResponseHeadersPolicy"], every("response-headers-policy"));
    allow(api, ["cloudfront:GetContinuousDeploymentPolicy"], every("continuous-deployment-policy"));
    // A staging distribution does not name its policy. Listing policies cannot be limited to a resource.
    allow(api, ["cloudfront:ListContinuousDeploymentPolicies"], "*");
    const webAcls = stack.formatArn({ service: "wafv2", region: "*", resource: "global/webacl", resourceName: "*/*" });
    allow(api, ["wafv2:GetWebACL"], webAcls);

    // Whoever ends a request, or sees that one is to be checked, invokes Shutdown.
    allow([api, getSize, expand, task, aggregation, this.timerRole], ["lambda:InvokeFunction"], shutdown.functionArn);
    allow(getSize, ["lambda:InvokeFunction"], expand.functionArn);

    // Api schedules the timer of a request, and Shutdown its settlement checks.
    const resourceName = `${this.timers.ref}/*`;
    const schedules = stack.formatArn({ service: "scheduler", resource: "schedule", resourceName });
    allow([api, shutdown], ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"], schedules);
    const toScheduler = { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } };
    allowIf(toScheduler, [api, shutdown], ["iam:PassRole"], this.timerRole.roleArn);
    const bus = stack.formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
    allow(shutdown, ["events:PutEvents"], bus);
    allow([api, task, shutdown], ["autoscaling:SetDesiredCapacity"], groupArn(stack, groupName));
    // Describing groups cannot be limited to a resource.
    allow([api, task, shutdown], ["autoscaling:DescribeAutoScalingGroups"], "*");
  }
}

/** The items of the Request table that invoke a step: those in the states that it ends. */
function requestsFor(step: Step) {
  const states = keysOf(STATES).filter((state) => STATES[state].step === step && STATES[state].stream === "requests");
  return states.map((state) => nowHas(attributesOf(state)));
}

/**
 * A filter on what the attributes of an item are now: it matches when an item is put or changed, never when one is removed. It does
 * not read the event's name, because for DynamoDB only what is below `dynamodb` is promised to be filtered on:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
function nowHas(attributes: object) {
  const NewImage = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { S: [value] }]));
  return { pattern: JSON.stringify({ dynamodb: { NewImage } }) };
}
