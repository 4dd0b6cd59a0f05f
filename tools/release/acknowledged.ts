/** What cdk-nag finds, where, and why it stays so. */
export interface Acknowledged {
  /** As cdk-nag prints it. */
  readonly id: string;
  /** Paths of the constructs that are found fault with, without the stack's name. `*` stands for one name. */
  readonly at: readonly string[];
  readonly reason: string;
}

const rule = (name: string, at: readonly string[], reason: string): Acknowledged => ({
  id: `AwsSolutions-${name}`,
  at,
  reason,
});
const iam = (resource: string, roles: readonly string[], reason: string): Acknowledged => ({
  id: `AwsSolutions-IAM5[Resource::${resource}]`,
  at: roles.map((role) => `Prewarm/${role}/DefaultPolicy/Resource`),
  reason,
});

const METHODS = ["instances", "openapi.json", "pops", "prewarm", "requests", "settings", "summary"].map(
  (route) => `Prewarm/Api/Rest/Default/${route}/*/Resource`,
);
const CONSOLE = [
  "Prewarm/Api/Rest/Default/console/GET/Resource",
  "Prewarm/Api/Rest/Default/console/{file+}/GET/Resource",
];
const STATIC = "The console's static files, which a browser asks for before it has a key: nothing secret is in them";
const STAGE = ["Prewarm/Api/Rest/DeploymentStage.prod/Resource"];
const KEY = "The contract: the caller is known by an API key; with vpce the API is private as well";
const REGIONAL = "arn:<AWS::Partition>:%:<AWS::Region>:<AWS::AccountId>:";

export const ACKNOWLEDGED: readonly Acknowledged[] = [
  rule("APIG4", METHODS, KEY),
  rule("COG4", METHODS, KEY),
  rule("APIG4", CONSOLE, STATIC),
  rule("COG4", CONSOLE, STATIC),
  rule(
    "APIG1",
    STAGE,
    "Access logs want a role for all of API Gateway in the account and region, which belongs to the account",
  ),
  rule(
    "APIG6",
    STAGE,
    "The function logs every call that fails; execution logs want the account's role, as access logs do",
  ),
  rule(
    "APIG2",
    ["Prewarm/Api/Rest/Resource"],
    "The function checks bodies, and names every bad field and URL, which API Gateway's validation does not",
  ),
  rule(
    "APIG3",
    STAGE,
    "A web ACL costs more than all the rest of an idle stack; the stage is throttled, and the key is required",
  ),
  rule(
    "AS3",
    ["Prewarm/Fleet/Group"],
    "Every request starts and ends instances; there are alarms on what is not as it should be",
  ),
  rule(
    "EC26",
    ["Prewarm/Fleet/Group"],
    "The check fails on its own on a launch template; the only volume is encrypted (test/lib/agent-fleet.test.ts)",
  ),
  rule(
    "S1",
    ["Prewarm/Storage/Lists/Resource"],
    "Lists of URLs and reports, 30 days old at most; access logs would outlive them in another bucket",
  ),
  rule(
    "DDB3",
    ["Request", "RequestPop", "RequestTask", "Progress"].map((table) => `Prewarm/Storage/${table}/Resource`),
    "Items expire after 30 days, and a request can be sent again: a backup costs more than it is worth",
  ),
  rule(
    "SQS3",
    ["Prewarm/Pipeline/FailedBatches/Resource"],
    "What streams and asynchronous invocations fail on ends there, for an operator: there is nothing behind it",
  ),
  rule(
    "VPC7",
    ["Network/Vpc/Resource"],
    "Nothing comes in, and what goes out is in the results; flow logs of 300 instances cost more than they say",
  ),
  iam(
    "<PrewarmStorageLists85C6997E.Arn>/*",
    [
      ...["Pipeline/ApiRole", "Pipeline/GetSizeRole", "Pipeline/ExpandRole", "Pipeline/TaskRole"],
      ...["Pipeline/ShutdownRole", "Storage/EmptyingRole"],
    ],
    "The objects of this one bucket; their names begin with the request's id",
  ),
  iam(
    `${REGIONAL.replace("%", "scheduler")}schedule/<PrewarmPipelineTimers9B0ADECC>/*`,
    ["Pipeline/ApiRole", "Pipeline/ShutdownRole"],
    "The schedules of this one group; each has its request's id for a name",
  ),
  iam(
    `${REGIONAL.replace("%", "autoscaling")}autoScalingGroup:*:autoScalingGroupName/prewarm_asg_<envName>`,
    ["Pipeline/ApiRole", "Pipeline/TaskRole", "Pipeline/ShutdownRole", "Fleet/Role"],
    "One group, by its name; the star stands for the id that AWS makes up",
  ),
  iam(
    "arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/prewarm/*.zip",
    ["Fleet/Role"],
    "Every version of this project's code, below its own prefix: in an update, both are fetched; nobody else's code lies there",
  ),
  iam(
    `{"Fn::If":["PrewarmPipelineInChina35591795",${distributionsIn("aws-cn")},${distributionsIn("aws")}]}`,
    ["Pipeline/TaskRole"],
    "The ids of the stack's list, also those of tenants; the account is left open, for a role reaches no other one's",
  ),
  iam(
    "arn:<AWS::Partition>:cloudfront::*:distribution/*",
    ["Pipeline/ApiRole"],
    "Of a tenant in the stack's list, the settings are those of a distribution that is not. The API reads them",
  ),
  ...["distribution-tenant", "connection-group"].map((kind) =>
    iam(
      `arn:<AWS::Partition>:cloudfront::*:${kind}/*`,
      ["Pipeline/ApiRole", "Pipeline/GetSizeRole", "Pipeline/ExpandRole"],
      "Any host of a request may be a tenant's of the account. They only read which one it is, and how it is reached",
    ),
  ),
  ...["cache-policy", "response-headers-policy", "continuous-deployment-policy"].map((kind) =>
    iam(
      `arn:<AWS::Partition>:cloudfront::*:${kind}/*`,
      ["Pipeline/ApiRole"],
      "Any distribution may have any policy of the account, or one of AWS's own. The API reads them before a request starts",
    ),
  ),
  iam(
    "arn:<AWS::Partition>:wafv2:*:<AWS::AccountId>:global/webacl/*/*",
    ["Pipeline/ApiRole"],
    "Any distribution may have any web ACL of the account, in the Region of CloudFront's. The API reads their rules",
  ),
  {
    id: `AwsSolutions-IAM5[Resource::{"Fn::If":["PrewarmPipelineInChina35591795",${sourcesIn("aws-cn")},${sourcesIn("aws")}]}]`,
    at: ["Prewarm/Pipeline/SourceBuckets/Reading/Resource"],
    reason: "The objects of the stack's list of buckets and prefixes, from which sources of requests are read",
  },
  iam(
    "*",
    [
      ...["Pipeline/ApiRole", "Pipeline/GetSizeRole", "Pipeline/TaskRole", "Pipeline/AggregationRole"],
      ...["Pipeline/ExpandRole", "Pipeline/ShutdownRole", "Fleet/Role", "Monitoring/WatchRole"],
    ],
    "Calls that know no resource: listing distributions and streams, describing groups, Session Manager",
  ),
  {
    id: "AwsSolutions-IAM5[Resource::*]",
    at: ["Prewarm/Tracing/Writing/Resource"],
    reason: "Traces know no resource; it allows them with tracing=on, and denies them without",
  },
];

/** How lib/permissions.ts makes ARNs of a list that is a parameter. */
function distributionsIn(partition: string): string {
  const before = `arn:${partition}:cloudfront::*:distribution*/`;
  return `{"Fn::Split":[",",{"Fn::Join":["",["${before}",{"Fn::Join":[",${before}",{"Fn::Split":[",",{"Ref":"distributions"}]}]}]]}]}`;
}

/** How lib/permissions.ts does. */
function sourcesIn(partition: string): string {
  const before = `arn:${partition}:s3:::`;
  const entries = (between: string) =>
    `{"Fn::Join":["${between},${before}",{"Fn::Split":[",",{"Ref":"sourceBuckets"}]}]}`;
  return `{"Fn::Split":[",",{"Fn::Join":["",["${before}",${entries("/*")},"/*,${before}",${entries("")}]]}]}`;
}
