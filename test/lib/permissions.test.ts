// The stack with a VPC of its own, whole: each role allows exactly the AWS calls that the code makes
// (lib/pipeline-permissions.ts and others).
import { describe, expect, test } from "vitest";
import { type AwsCall, awsCallsFrom, programOf } from "./aws-calls.ts";
import { renderedList, resourcesOf, synthesizeStacks } from "./synth.ts";

const [{ template } = { template: undefined }] = synthesizeStacks();
if (template === undefined) throw new Error("there is no stack");

/** Which resource of the stack a class of the code works on, by the field that holds its name. */
const RESOURCES: Readonly<Record<string, string | readonly string[]>> = {
  "RequestReader.table": "table Request",
  "RequestTable.table": "table Request",
  "RequestReader.table/ACTIVE_INDEX": "table Request/index/active",
  "RequestReader.table/CLOSING_INDEX": "table Request/index/closing",
  "RequestReader.table/NEWEST_INDEX": "table Request/index/newest",
  "RequestPopTable.table": "table RequestPop",
  "RequestPopTable.requestTable": "table Request",
  "RequestTaskTable.table": "table RequestTask",
  "ProgressReader.table": "table Progress",
  "ProgressTable.table": "table Progress",
  "AskedLooks.table": "table Progress",
  "ResolvedPops.table": "table Progress",
  "ClientTokens.table": "table Progress",
  // Of other buckets, those that a parameter names.
  SourceObjects: "sources",
  "Lists.bucket": "objects",
  "Checkpoints.bucket": "objects",
  "ResultFiles.bucket": "objects",
  "ReportLinks.bucket": "objects",
  "DoomedBucket.name": "objects",
  // The same code works on both lanes.
  "TaskLane.url": ["queue Tasks", "queue Express"],
  "RequestSchedule.group": "schedules",
  EventBus: "bus",
  "Fleet.groupName": "group",
  Distributions: "distributions",
  // `retire` is a function. It gets the instance's id; the group is the one that the instance is in.
  "": "group",
};

/** Calls that cannot be limited to a resource: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const WITHOUT_RESOURCE = ["autoscaling:DescribeAutoScalingGroups", "cloudfront:ListDistributions"];

/** What every function does beside its own calls. */
const LOG = ["logs:CreateLogStream log", "logs:PutLogEvents log"];
const RUN = [...LOG, "xray:PutTraceSegments *", "xray:PutTelemetryRecords *"];
/** Calls that Lambda itself makes with the role: it reads the stream, and puts failed batches into the queue. */
const stream = (...tables: string[]) => [
  ...tables.flatMap((table) =>
    ["DescribeStream", "GetRecords", "GetShardIterator"].map((call) => `dynamodb:${call} stream ${table}`),
  ),
  "dynamodb:ListStreams *",
  "sqs:SendMessage queue FailedBatches",
];

/** What Lambda does with the role of a function whose asynchronous invocation failed again and again. */
const ON_FAILURE = "sqs:SendMessage queue FailedBatches";

const ROLES: readonly {
  readonly role: string;
  readonly entry: string;
  /** Calls that the code does not make itself. */
  readonly beside: readonly string[];
  /** Queues that are meant by the class of that name, by the call: there are two. */
  readonly deadLetters?: Readonly<Record<string, string>>;
  /** Functions that it invokes. */
  readonly invokes?: readonly string[];
  /** It calls nothing of AWS, and may call nothing. */
  readonly callsNothing?: true;
}[] = [
  // A schedule is made with the role that it calls Shutdown with. Without ListBucket, a missing object is a 403.
  {
    role: "PipelineApiRole",
    entry: "lambdas/api",
    beside: [...RUN, "iam:PassRole TimerRole", "s3:ListBucket bucket"],
    invokes: ["Shutdown"],
  },
  {
    role: "PipelineGetSizeRole",
    entry: "lambdas/get-size",
    beside: [...RUN, ...stream("Request"), "s3:ListBucket bucket"],
    invokes: ["Shutdown", "Expand"],
  },
  {
    role: "PipelineExpandRole",
    entry: "lambdas/expand",
    beside: [...RUN, ON_FAILURE, "s3:ListBucket bucket"],
    invokes: ["Shutdown", "Expand"],
  },
  {
    role: "PipelineTaskRole",
    entry: "lambdas/task",
    beside: [...RUN, ...stream("Request", "RequestPop")],
    invokes: ["Shutdown"],
  },
  {
    role: "PipelineAggregationRole",
    entry: "lambdas/aggregation",
    beside: [...RUN, ...stream("RequestTask")],
    deadLetters: { "sqs:SendMessage": "queue FailedBatches" },
    invokes: ["Shutdown"],
  },
  {
    role: "PipelineShutdownRole",
    entry: "lambdas/shutdown",
    deadLetters: { "sqs:SendMessage": "queue FailedBatches" },
    beside: [...RUN, "iam:PassRole TimerRole", "s3:ListBucket bucket"],
    invokes: ["Shutdown"],
  },
  { role: "ApiAccessRedeployingRole", entry: "lambdas/redeploy-api", beside: RUN },
  {
    role: "MonitoringWatchRole",
    entry: "lambdas/watch",
    beside: RUN,
    deadLetters: {
      "sqs:SendMessage": "queue FailedBatches",
      "sqs:ReceiveMessage": "queue DeadLetters",
      "sqs:DeleteMessage": "queue DeadLetters",
    },
    invokes: ["Shutdown", "Expand"],
  },
  { role: "StorageEmptyingRole", entry: "lambdas/empty-bucket", beside: RUN },
  { role: "ConsolePageRole", entry: "lambdas/console", beside: RUN, callsNothing: true },
  {
    role: "FleetRole",
    entry: "agent",
    deadLetters: { "sqs:SendMessage": "queue DeadLetters" },
    invokes: ["Shutdown"],
    beside: [
      ...LOG,
      // The boot script fetches the agent; Session Manager is the way in.
      "s3:GetObject code",
      "ssm:UpdateInstanceInformation *",
      ...["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
        (call) => `ssmmessages:${call} *`,
      ),
    ],
  },
];

function needed(
  { action, on }: AwsCall,
  { deadLetters = {}, invokes = [] }: (typeof ROLES)[number],
): readonly string[] {
  // API Gateway calls its permissions by HTTP methods.
  if (action === "api-gateway:CreateDeployment") return ["apigateway:POST deployments"];
  if (WITHOUT_RESOURCE.includes(action)) return [`${action} *`];
  if (action.startsWith("s3:ListBucket") && on !== "SourceObjects") return [`${action} bucket`];
  if (on === "AsyncFunction.name") return invokes.map((fn) => `lambda:InvokeFunction function ${fn}`);
  const resource = on === "DeadLetterQueue.url" ? deadLetters[action] : RESOURCES[on];
  if (resource === undefined) throw new Error(`${action} is called on ${on}, and nobody said what that is`);
  return [resource].flat().map((it) => `${action} ${it}`);
}

/** `att-PrewarmStorageRequest46E9D817-Arn` as `table Request`. */
function nameOf(arn: string): string {
  const named: [RegExp, string][] = [
    [/^\*$/, "*"],
    [/^att-PrewarmStorage((?:Request|Progress)\w*?)[0-9A-F]{8}-Arn(\/index\/\w+)?$/, "table $1$2"],
    [/^att-PrewarmStorage(Request\w*?)[0-9A-F]{8}-StreamArn$/, "stream $1"],
    [/^att-Prewarm(?:TaskQueue|Pipeline)(Tasks|Express|DeadLetters|FailedBatches)[0-9A-F]{8}-Arn$/, "queue $1"],
    [/^att-PrewarmStorageLists[0-9A-F]{8}-Arn\/\*$/, "objects"],
    [/^att-PrewarmStorageLists[0-9A-F]{8}-Arn$/, "bucket"],
    [/^arn:aws:s3:::(?:media|docs|-)(?:\/.*)?$/, "sources"],
    [/^att-PrewarmPipeline(TimerRole)[0-9A-F]{8}-Arn$/, "$1"],
    [/^att-PrewarmPipeline(Shutdown|Expand)[0-9A-F]{8}-Arn$/, "function $1"],
    [/^att-Prewarm\w+Logs(?:Group)?[0-9A-F]{8}-Arn$/, "log"],
    [/^arn:aws:scheduler:eu-west-1:123456789012:schedule\/ref-PrewarmPipelineTimers[0-9A-F]{8}\/\*$/, "schedules"],
    [
      /^arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:\*:autoScalingGroupName\/prewarm_asg_prod$/,
      "group",
    ],
    [/^arn:aws:events:eu-west-1:123456789012:event-bus\/default$/, "bus"],
    [/^arn:aws:cloudfront::\*:distribution\/\*$/, "distributions"],
    [/^arn:aws:apigateway:eu-west-1::\/restapis\/[\w-]+\/deployments$/, "deployments"],
    [/^arn:aws:s3:::cdk-[\w-]+\/prewarm\/\*\.zip$/, "code"],
  ];
  const [pattern, name] = named.find(([candidate]) => candidate.test(arn)) ?? [];
  if (pattern === undefined || name === undefined)
    throw new Error(`${arn} is none of the resources that code works on`);
  return arn.replace(pattern, name);
}

function allowed(role: string): string[] {
  const ofRole = ({ Ref }: { Ref: string }) => Ref.replace(/^Prewarm/, "").replace(/[0-9A-F]{8}$/, "") === role;
  return resourcesOf(template as NonNullable<typeof template>, "AWS::IAM::Policy")
    .filter(([, { Properties }]) => Properties.Roles.some(ofRole))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action, Resource }: { Action: string | string[]; Resource: unknown }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().flatMap((arn) => renderedList(arn).map((name) => `${action} ${nameOf(name)}`)),
        ),
    );
}

describe("a role allows what its code calls, and nothing else", () => {
  const fileOf = (entry: string) => `${entry}/${entry === "agent" ? "main" : "index"}.ts`;
  const program = programOf(ROLES.map(({ entry }) => fileOf(entry)));

  test.each(ROLES)("$role", { timeout: 60_000 }, (it) => {
    const { role, entry, beside, callsNothing = false } = it;
    const calls = awsCallsFrom(program, fileOf(entry));
    expect(calls.length === 0).toBe(callsNothing);
    const needs = new Set([...calls.flatMap((call) => needed(call, it)), ...beside]);
    expect([...new Set(allowed(role))].sort()).toEqual([...needs].sort());
  });

  test("every role is in this table, and none has a managed policy of AWS", () => {
    const roles = resourcesOf(template, "AWS::IAM::Role");
    const names = roles.map(([id]) => id.replace(/^Prewarm/, "").replace(/[0-9A-F]{8}$/, ""));
    // The timers' role is tested in pipeline.test.ts.
    expect(names.sort()).toEqual([...ROLES.map(({ role }) => role), "PipelineTimerRole"].sort());
    for (const [, { Properties }] of roles) expect(Properties).not.toHaveProperty("ManagedPolicyArns");
  });
});
