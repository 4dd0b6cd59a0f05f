import * as z from "zod";
import { PRICE, type Price, pricesOf } from "../../domain/cost/prices.ts";
import { ConfiguredStack, type Parameters, type Resource, type StackTemplate } from "./stack-template.ts";

/** One line of an idle stack's bill. */
interface IdleLine extends Charge {
  /** CloudFormation type of what is billed. */
  readonly type: string;
  /** How many resources of it. */
  readonly count: number;
  /** A month. */
  readonly dollars: number;
}

/** Resources that cost nothing while the stack is idle. */
interface FreeType {
  readonly type: string;
  readonly count: number;
  readonly why: string;
}

/** What a stack costs in a month without a request, at list prices and without any free tier. */
export interface IdleCost {
  readonly dollars: number;
  readonly lines: readonly IdleLine[];
  readonly free: readonly FreeType[];
}

/**
 * @param parameters those of the stack that differ from their defaults
 * @throws UnpricedError if the template has a resource whose price is not known
 */
export function idleCost(template: StackTemplate, parameters: Parameters = {}): IdleCost {
  const stack = new ConfiguredStack(template, parameters);
  const lines = new Map<string, IdleLine>();
  const free = new Map<string, FreeType>();
  for (const [, resource] of stack.resources()) {
    const charges = chargesOf(resource, stack);
    if ("free" in charges) addFree(free, resource.Type, charges.free);
    else for (const charge of charges) addLine(lines, resource.Type, charge);
  }
  const all = [...lines.values()];
  return {
    dollars: all.reduce((sum, { dollars }) => sum + dollars, 0),
    lines: all,
    free: [...free.values()].toSorted((a, b) => (a.type < b.type ? -1 : 1)),
  };
}

function chargesOf(resource: Resource, stack: ConfiguredStack): Charges {
  const rule = Object.hasOwn(IDLE_RULES, resource.Type) ? IDLE_RULES[resource.Type] : undefined;
  if (rule === undefined) throw new UnpricedError(`The resource type ${resource.Type}`);
  return typeof rule === "function" ? rule(resource, stack) : rule;
}

function addFree(free: Map<string, FreeType>, type: string, why: string): void {
  const key = `${type} ${why}`;
  free.set(key, { type, why, count: (free.get(key)?.count ?? 0) + 1 });
}

/** Equal charges of several resources are one line. */
function addLine(lines: Map<string, IdleLine>, type: string, { what, quantity, price }: Charge): void {
  const key = `${type} ${what}`;
  const before = lines.get(key);
  const sum = (before?.quantity ?? 0) + quantity;
  lines.set(key, { type, what, price, quantity: sum, count: (before?.count ?? 0) + 1, dollars: sum * price.dollars });
}

const cloudwatch = pricesOf("cloudwatch/pricing");

/** The prices of what a stack uses, those that it has while it is idle included. */
export const STACK_PRICE = {
  ...PRICE,
  /** Of standard resolution; an alarm on an expression is billed for each metric in it. */
  alarmMetricMonth: cloudwatch(0.1, "metric and month"),
  dashboardMonth: cloudwatch(3, "dashboard and month"),
  /** Billed for the hours in which it has values. */
  customMetricMonth: cloudwatch(0.3, "metric and month"),
  logGb: cloudwatch(0.5, "GB ingested"),
  logStorageGbMonth: cloudwatch(0.03, "GB-month"),
  trace: pricesOf("xray/pricing")(5e-6, "trace"),
};

/** A month, as AWS's Pricing Calculator has it. */
const HOURS_OF_MONTH = 730;

/** What an idle resource is billed for in a month. */
interface Charge {
  /** In the singular: `quantity` says how many. */
  readonly what: string;
  readonly quantity: number;
  readonly price: Price;
}

/** What a resource costs in an idle month: its charges, or why there are none. */
type Charges = readonly Charge[] | { readonly free: string };

/** What a resource of a type costs while no request is active and the last one ended a month ago. */
type IdleRule = { readonly free: string } | ((resource: Resource, stack: ConfiguredStack) => Charges);

const free = (why: string) => ({ free: why });
/** Never billed. */
export const CONFIGURATION = free("configuration");
const STORED = free("billed for requests and storage; what is stored expires 30 days after the last request");

/**
 * Long polling of a queue that calls a function. Lambda keeps five pollers, each of which asks again after the longest wait of SQS; where
 * there is no `MaximumConcurrency`, it goes down to two.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/best-practices-setting-up-long-polling.html
 */
const POLLERS = { withMaximumConcurrency: 5, otherwise: 2 };
const LONG_POLL_SECONDS = 20;

/**
 * A run of Watch that finds nothing to do. Two queries of empty indexes, a call that counts the messages of the dead-letter queue, and one line in
 * the log beside the three of Lambda.
 */
const IDLE_RUN = { seconds: 0.3, readUnits: 2 * 0.5, queueCalls: 1, logBytes: 1_000 };

/** By CloudFormation type. A type that is not here has no rule, and the cost of a stack that has it is not known. */
const IDLE_RULES: Readonly<Record<string, IdleRule>> = {
  "AWS::ApiGateway::ApiKey": CONFIGURATION,
  "AWS::ApiGateway::Deployment": CONFIGURATION,
  "AWS::ApiGateway::GatewayResponse": CONFIGURATION,
  "AWS::ApiGateway::Method": CONFIGURATION,
  "AWS::ApiGateway::Resource": CONFIGURATION,
  "AWS::ApiGateway::RestApi": free("billed by call"),
  "AWS::ApiGateway::Stage": apiStage,
  "AWS::ApiGateway::UsagePlan": CONFIGURATION,
  "AWS::ApiGateway::UsagePlanKey": CONFIGURATION,
  "AWS::AutoScaling::AutoScalingGroup": autoScalingGroup,
  "AWS::CloudWatch::Alarm": alarm,
  "AWS::CloudWatch::Dashboard": () => [{ what: "dashboard", quantity: 1, price: STACK_PRICE.dashboardMonth }],
  "AWS::DynamoDB::Table": table,
  "AWS::EC2::InternetGateway": free("billed by byte"),
  "AWS::EC2::LaunchTemplate": CONFIGURATION,
  "AWS::EC2::Route": CONFIGURATION,
  "AWS::EC2::RouteTable": CONFIGURATION,
  "AWS::EC2::SecurityGroup": CONFIGURATION,
  "AWS::EC2::Subnet": CONFIGURATION,
  "AWS::EC2::SubnetRouteTableAssociation": CONFIGURATION,
  "AWS::EC2::VPC": CONFIGURATION,
  "AWS::EC2::VPCEndpoint": endpoint,
  "AWS::EC2::VPCGatewayAttachment": CONFIGURATION,
  "AWS::Events::Rule": scheduledRule,
  "AWS::IAM::InstanceProfile": CONFIGURATION,
  "AWS::IAM::Policy": CONFIGURATION,
  "AWS::IAM::Role": CONFIGURATION,
  "AWS::Lambda::EventInvokeConfig": CONFIGURATION,
  "AWS::Lambda::EventSourceMapping": mapping,
  "AWS::Lambda::Function": free("billed by call and time; storage of the code, some megabytes, is free"),
  "AWS::Lambda::Permission": CONFIGURATION,
  "AWS::Logs::LogGroup": free(
    "billed by GB of lines; the lines of scheduled runs are in the lines of `AWS::Events::Rule`",
  ),
  "AWS::Logs::MetricFilter": free("its metric is billed in hours with a failure"),
  "AWS::S3::Bucket": STORED,
  "AWS::S3::BucketPolicy": CONFIGURATION,
  "AWS::SNS::Subscription": free("billed by mail"),
  "AWS::SNS::Topic": free("billed by message"),
  "AWS::SNS::TopicPolicy": CONFIGURATION,
  "AWS::SQS::Queue": free("billed by call; the calls of scheduled runs are in the lines of `AWS::Events::Rule`"),
  "AWS::SQS::QueuePolicy": CONFIGURATION,
  "AWS::Scheduler::ScheduleGroup": free("billed by schedule that comes due"),
  "Custom::ApiDeployment": free("runs during deployments alone"),
  "Custom::EmptiedBucket": free("runs during deployments alone"),
};

/** A resource whose settings have a price that is not in the list. */
class UnpricedError extends Error {
  readonly code = "UNPRICED";

  constructor(what: string) {
    super(`${what} has no rule in tools/release/idle-cost.ts; add what it costs while it is idle`);
  }
}

function apiStage({ Properties: { CacheClusterEnabled = false } }: Resource) {
  if (CacheClusterEnabled !== false) throw new UnpricedError("A stage of API Gateway with a cache");
  return { free: "billed by call; a stage without a cache costs nothing itself" };
}

function autoScalingGroup({ Properties: { MinSize } }: Resource) {
  if (String(MinSize) !== "0")
    throw new UnpricedError(`An Auto Scaling group of at least ${String(MinSize)} instances`);
  return { free: "billed by instance; the group is empty" };
}

/** An alarm on an expression is billed for each metric that the expression reads. */
function alarm({ Properties: { Metrics, Period = 60 } }: Resource): readonly Charge[] {
  const metrics = z
    .array(z.looseObject({ MetricStat: z.unknown().optional() }))
    .optional()
    .parse(Metrics);
  if (Number(Period) < 60) throw new UnpricedError("An alarm of high resolution");
  const quantity = metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
  // It is billed for each metric that the query analyzes, which no template tells.
  if (quantity === 0) throw new UnpricedError("An alarm on a query of Metrics Insights");
  return [{ what: "metric that an alarm watches", quantity, price: STACK_PRICE.alarmMetricMonth }];
}

function table({ Properties: { BillingMode } }: Resource) {
  if (BillingMode !== "PAY_PER_REQUEST") throw new UnpricedError("A table with provisioned capacity");
  return STORED;
}

function endpoint({ Properties: { VpcEndpointType = "Gateway" } }: Resource) {
  if (VpcEndpointType !== "Gateway") throw new UnpricedError(`An endpoint of type ${String(VpcEndpointType)}`);
  return { free: "gateway endpoints are free" };
}

function mapping(resource: Resource, stack: ConfiguredStack): Charges {
  const { EventSourceArn, ScalingConfig, Enabled = true, ProvisionedPollerConfig } = resource.Properties;
  const [, source] = stack.resourceOf(EventSourceArn);
  if (source.Type === "AWS::DynamoDB::Table") return { free: "reading of DynamoDB streams by Lambda is free" };
  if (source.Type !== "AWS::SQS::Queue" || ProvisionedPollerConfig !== undefined)
    throw new UnpricedError(`A mapping of a ${source.Type}, or with pollers of its own,`);
  if (Enabled === false) return { free: "a disabled mapping does not poll" };
  const { MaximumConcurrency } = z
    .object({ MaximumConcurrency: z.unknown() })
    .partial()
    .parse(ScalingConfig ?? {});
  const pollers = MaximumConcurrency === undefined ? POLLERS.otherwise : POLLERS.withMaximumConcurrency;
  const quantity = (pollers * HOURS_OF_MONTH * 3_600) / LONG_POLL_SECONDS;
  return [{ what: `empty receive, by ${pollers} pollers a queue`, quantity, price: STACK_PRICE.sqsCall }];
}

/** Scheduled rules are not billed. What they call is. */
function scheduledRule({ Properties }: Resource, stack: ConfiguredStack): Charges {
  const { ScheduleExpression, State = "ENABLED" } = Properties;
  if (ScheduleExpression === undefined || State !== "ENABLED")
    return { free: "billed by event; the rule has no schedule" };
  const runs = (HOURS_OF_MONTH * 60) / minutesBetween(String(ScheduleExpression));
  return z
    .array(z.looseObject({ Arn: z.unknown() }))
    .parse(Properties["Targets"])
    .flatMap(({ Arn }) => chargesOfRuns(runs, stack.resourceOf(Arn)[1]));
}

function chargesOfRuns(runs: number, { Type, Properties }: Resource): Charge[] {
  if (Type !== "AWS::Lambda::Function") throw new UnpricedError(`A schedule that calls a ${Type}`);
  const megabytes = z.coerce.number().parse(Properties["MemorySize"] ?? 128);
  const { Mode } = z
    .object({ Mode: z.string() })
    .partial()
    .parse(Properties["TracingConfig"] ?? {});
  const logGigabytes = (runs * IDLE_RUN.logBytes) / 1e9;
  return [
    { what: "scheduled run", quantity: runs, price: STACK_PRICE.lambdaCall },
    {
      what: "GB-second of scheduled runs",
      quantity: runs * IDLE_RUN.seconds * (megabytes / 1_024),
      price: STACK_PRICE.lambdaGbSecond,
    },
    { what: "SQS call of scheduled runs", quantity: runs * IDLE_RUN.queueCalls, price: STACK_PRICE.sqsCall },
    { what: "read unit of scheduled runs", quantity: runs * IDLE_RUN.readUnits, price: STACK_PRICE.dynamoReadUnit },
    { what: "GB of log lines of scheduled runs", quantity: logGigabytes, price: STACK_PRICE.logGb },
    { what: "GB of these log lines, kept for a month", quantity: logGigabytes, price: STACK_PRICE.logStorageGbMonth },
    ...(Mode === "Active" ? [{ what: "trace of a scheduled run", quantity: runs, price: STACK_PRICE.trace }] : []),
  ];
}

function minutesBetween(schedule: string): number {
  const [, minutes] =
    /^cron\(\d+\/(\d+) \* \* \* \? \*\)$/.exec(schedule) ?? /^rate\((\d+) minutes?\)$/.exec(schedule) ?? [];
  if (minutes === undefined) throw new UnpricedError(`The schedule ${schedule}`);
  return Number(minutes);
}
