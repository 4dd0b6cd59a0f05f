// Permissions that no code of this project uses, but AWS services and the boot scripts, with a role of the stack.

import { nameInArn } from "../../../tools/release/stack-template.ts";
import type { PermissionRequest } from "../../iam/policy.ts";
import type { Deployment } from "../deployment.ts";
import type { UsedPermission } from "./authorizer.ts";

/** Who needs a permission, and the document that says so. */
interface ServiceCall extends UsedPermission {
  readonly by: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html */
const LOGGING = ["logs:CreateLogStream", "logs:PutLogEvents"];
/** https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
const TRACING = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
/** https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-eventsourcemapping.html */
const READING_A_STREAM = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"];
/** https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
const SESSION_MANAGER = [
  "ssm:UpdateInstanceInformation",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

/** What Lambda does with the functions' roles, and what an instance does beside its agent. */
export function serviceCalls(deployment: Deployment): ServiceCall[] {
  return [
    ...ofFunctions(deployment),
    ...ofEventSources(deployment),
    ...ofAsyncInvocations(deployment),
    ...ofInstances(deployment),
  ];
}

function ofFunctions({ template }: Deployment): ServiceCall[] {
  return template.of("AWS::Lambda::Function").flatMap(([, { Properties }]) => {
    const role = nameInArn(template.text(Properties["Role"]));
    const { LogGroup } = Properties["LoggingConfig"] as { LogGroup: { Ref: string } };
    const isTraced = template.text((Properties["TracingConfig"] as { Mode: unknown }).Mode) === "Active";
    return [
      ...needs(role, "Lambda writes its logs", LOGGING, logStream(template.text(arnOf(LogGroup.Ref)))),
      ...(isTraced ? needs(role, "Lambda writes its traces", TRACING, "*") : []),
    ];
  });
}

function ofEventSources({ template, functions }: Deployment): ServiceCall[] {
  return template.of("AWS::Lambda::EventSourceMapping").flatMap(([, { Properties }]) => {
    const functionArn = template.text(arnOf((Properties["FunctionName"] as { Ref: string }).Ref));
    const role = [...functions.values()].find(({ arn }) => arn === functionArn)?.role ?? "";
    const source = template.text(Properties["EventSourceArn"]);
    const failed = Properties["DestinationConfig"] as { OnFailure: { Destination: unknown } } | undefined;
    const reading = [
      ...needs(role, "Lambda reads its stream", READING_A_STREAM, source),
      ...needs(role, "Lambda finds its stream", ["dynamodb:ListStreams"], "*"),
    ];
    if (failed === undefined) return reading;
    const destination = template.text(failed.OnFailure.Destination);
    return [...reading, ...needs(role, "Lambda keeps a batch that failed", ["sqs:SendMessage"], destination)];
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function ofAsyncInvocations({ template, functions }: Deployment): ServiceCall[] {
  return template.of("AWS::Lambda::EventInvokeConfig").flatMap(([, { Properties }]) => {
    const functionArn = template.text(arnOf((Properties["FunctionName"] as { Ref: string }).Ref));
    const role = [...functions.values()].find(({ arn }) => arn === functionArn)?.role ?? "";
    const { OnFailure } = Properties["DestinationConfig"] as { OnFailure: { Destination: unknown } };
    const destination = template.text(OnFailure.Destination);
    return needs(role, "Lambda keeps an invocation that failed", ["sqs:SendMessage"], destination);
  });
}

function ofInstances({ template, agent, groupName }: Deployment): ServiceCall[] {
  const [, key = ""] = /^AGENT_CODE_URL='s3:\/\/(.+)'$/m.exec(agent.userData) ?? [];
  const [, logGroup = ""] = /LOG_GROUP=%q\nREGION=%q\n' '([^']+)'/.exec(agent.userData) ?? [];
  const group = `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:id:autoScalingGroupName/${groupName}`;
  const { role } = agent;
  return [
    ...needs(role, "boot.sh fetches the agent", ["s3:GetObject"], `arn:aws:s3:::${key}`),
    ...needs(role, "the log agent and give-up.sh ship logs", LOGGING, logStream(template.text(arnOf(logGroup)))),
    ...needs(role, "give-up.sh ends the instance", ["autoscaling:TerminateInstanceInAutoScalingGroup"], group),
    ...needs(role, "Session Manager opens a shell", SESSION_MANAGER, "*"),
  ];
}

function needs(role: string, by: string, actions: readonly string[], resource: string): ServiceCall[] {
  const context: PermissionRequest["context"] = {};
  return actions.map((action) => ({ role, by, action, resource, context }));
}

const arnOf = (id: string) => ({ "Fn::GetAtt": [id, "Arn"] });

/** The ARN of a log group ends with `:*`: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html */
const logStream = (groupArn: string) => groupArn.replace(/\*$/, "log-stream:stream");
