// What AWS checks for a call: one operation may need several permissions, and one permission may allow several operations.
// Actions and resources: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
import { dynamoDbPermissions, type TableKeys } from "./dynamodb-permissions.ts";
import type { PermissionRequest } from "./policy.ts";

/** A call as it comes over the wire. */
export interface WireCall {
  /** `s3`, `dynamodb`, … */
  readonly service: string;
  readonly operation: string;
  readonly url: URL;
  readonly body: Buffer;
  /** Whether the object is missing that the call reads. @default false */
  readonly isMissing?: boolean;
}

/** Where calls go. */
export interface Account {
  readonly partition: string;
  readonly region: string;
  readonly id: string;
  readonly tables: readonly TableKeys[];
  /** The Auto Scaling group that all instances are in. */
  readonly groupName: string;
}

/** @throws Error for an operation that is not supported here */
export function requiredPermissions(call: WireCall, account: Account): PermissionRequest[] {
  const known = SERVICES[call.service];
  if (known === undefined) throw new Error(`which permissions ${call.service} needs is not known here`);
  return known(call, account);
}

const SERVICES: Readonly<Record<string, (call: WireCall, account: Account) => PermissionRequest[]>> = {
  dynamodb: ({ operation, body }, account) =>
    dynamoDbPermissions(operation, json(body), account.tables, (table) => arn(account, "dynamodb", `table/${table}`)),
  sqs: sqsPermissions,
  s3: s3Permissions,
  scheduler: schedulerPermissions,
  events: ({ operation, body }, account) => {
    if (operation !== "PutEvents") throw unknown("events", operation);
    const { Entries } = json<{ Entries: { EventBusName?: string }[] }>(body);
    return Entries.map(({ EventBusName = "default" }) =>
      request("events:PutEvents", arn(account, "events", `event-bus/${EventBusName}`)),
    );
  },
  lambda: ({ operation, url }, account) => {
    if (operation !== "Invoke") throw unknown("lambda", operation);
    // The path has the function's name or its ARN.
    const name = decodeURIComponent(url.pathname.split("/")[3] ?? "");
    return [
      request("lambda:InvokeFunction", name.startsWith("arn:") ? name : arn(account, "lambda", `function:${name}`)),
    ];
  },
  autoscaling: autoScalingPermissions,
  cloudfront: cloudFrontPermissions,
  wafv2: wafPermissions,
  // Actions of API Gateway are HTTP methods: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
  apigateway: ({ operation, url }, { partition, region }) => {
    if (operation !== "CreateDeployment") throw unknown("apigateway", operation);
    return [request("apigateway:POST", `arn:${partition}:apigateway:${region}::${url.pathname}`)];
  },
};

const SQS_ACTIONS: Readonly<Record<string, string>> = {
  SendMessage: "SendMessage",
  SendMessageBatch: "SendMessage",
  ReceiveMessage: "ReceiveMessage",
  DeleteMessage: "DeleteMessage",
  DeleteMessageBatch: "DeleteMessage",
  ChangeMessageVisibility: "ChangeMessageVisibility",
  ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
  GetQueueAttributes: "GetQueueAttributes",
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html */
function sqsPermissions({ operation, body }: WireCall, account: Account) {
  const action = SQS_ACTIONS[operation];
  if (action === undefined) throw unknown("sqs", operation);
  const name = json<{ QueueUrl: string }>(body).QueueUrl.split("/").at(-1) ?? "";
  return [request(`sqs:${action}`, arn(account, "sqs", name))];
}

const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  PutObject: "PutObject",
  CreateMultipartUpload: "PutObject",
  UploadPart: "PutObject",
  CompleteMultipartUpload: "PutObject",
  AbortMultipartUpload: "AbortMultipartUpload",
  GetObject: "GetObject",
  HeadObject: "GetObject",
  DeleteObject: "DeleteObject",
};
const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
function s3Permissions({ operation, url, body, isMissing }: WireCall, { partition }: Account) {
  const path = decodeURIComponent(url.pathname.slice(1));
  const [, bucket = "", key = ""] = /^([^/]+)\/?(.*)$/s.exec(path) ?? [];
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const onBucket = BUCKET_ACTIONS[operation];
  if (onBucket !== undefined) {
    const prefix = url.searchParams.get("prefix");
    return [request(`s3:${onBucket}`, bucketArn, prefix === null ? {} : { "s3:prefix": prefix })];
  }
  if (operation === "DeleteObjects") return deletions(body.toString(), bucketArn);
  const action = OBJECT_ACTIONS[operation];
  if (action === undefined) throw unknown("s3", operation);
  const onObject = request(`s3:${action}`, `${bucketArn}/${key}`);
  // Whoever may not list a bucket is told 403 instead of 404: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  return action === "GetObject" && isMissing === true ? [onObject, request("s3:ListBucket", bucketArn)] : [onObject];
}

/** Each object; deleting a version is another action: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
function deletions(body: string, bucketArn: string) {
  return [...body.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = ""]) => {
    const key = /<Key>(.*?)<\/Key>/s.exec(object)?.[1] ?? "";
    const action = object.includes("<VersionId>") ? "s3:DeleteObjectVersion" : "s3:DeleteObject";
    return request(action, `${bucketArn}/${key}`);
  });
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/security_iam_id-based-policies.html */
function schedulerPermissions({ operation, url, body }: WireCall, account: Account) {
  const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  if (operation === "DeleteSchedule") {
    const group = url.searchParams.get("groupName") ?? "default";
    return [request("scheduler:DeleteSchedule", arn(account, "scheduler", `schedule/${group}/${name}`))];
  }
  if (operation !== "CreateSchedule") throw unknown("scheduler", operation);
  const { GroupName = "default", Target } = json<{ GroupName?: string; Target: { RoleArn: string } }>(body);
  return [
    request("scheduler:CreateSchedule", arn(account, "scheduler", `schedule/${GroupName}/${name}`)),
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    request("iam:PassRole", Target.RoleArn, { "iam:PassedToService": "scheduler.amazonaws.com" }),
  ];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html */
function autoScalingPermissions({ operation, body }: WireCall, account: Account) {
  if (operation === "DescribeAutoScalingGroups") return [request("autoscaling:DescribeAutoScalingGroups", "*")];
  if (operation !== "SetDesiredCapacity" && operation !== "TerminateInstanceInAutoScalingGroup")
    throw unknown("autoscaling", operation);
  const name = new URLSearchParams(body.toString()).get("AutoScalingGroupName") ?? account.groupName;
  const group = `autoScalingGroup:6d0f5a1c-0000-4000-8000-000000000000:autoScalingGroupName/${name}`;
  return [request(`autoscaling:${operation}`, arn(account, "autoscaling", group))];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html */
function cloudFrontPermissions({ operation, url }: WireCall, { partition, id }: Account) {
  if (/^List(Distributions|ContinuousDeploymentPolicies)$/.test(operation))
    return [request(`cloudfront:${operation}`, "*")];
  const known =
    /^((Create|Get)Invalidation(ForDistributionTenant)?|Get(Distribution|DistributionTenant(ByDomain)?|ConnectionGroup(ByRoutingEndpoint)?|(Cache|ResponseHeaders|ContinuousDeployment)Policy))$/;
  if (!known.test(operation)) throw unknown("cloudfront", operation);
  // Of 2020-05-31/distribution/E1/invalidation, of 2020-05-31/cache-policy/p1, and of 2020-05-31/distribution-tenant?domain=a.example.
  const [, , type, name = "any"] = url.pathname.split("/");
  return [request(`cloudfront:${operation}`, `arn:${partition}:cloudfront::${id}:${type}/${name}`)];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html */
function wafPermissions({ operation, body }: WireCall, { partition, id }: Account) {
  if (operation !== "GetWebACL") throw unknown("wafv2", operation);
  const { Name, Id } = json<{ Name: string; Id: string }>(body);
  return [request("wafv2:GetWebACL", `arn:${partition}:wafv2:us-east-1:${id}:global/webacl/${Name}/${Id}`)];
}

function request(action: string, resource: string, context: PermissionRequest["context"] = {}) {
  return { action, resource, context };
}

const arn = ({ partition, region, id }: Account, service: string, resource: string) =>
  `arn:${partition}:${service}:${region}:${id}:${resource}`;

const unknown = (service: string, operation: string) =>
  new Error(`which permissions ${service} ${operation} needs is not known here`);

const json = <T>(body: Buffer) => JSON.parse(body.toString()) as T;
