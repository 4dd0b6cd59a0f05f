import { ArnFormat, Aws, CfnCondition, type CfnParameter, type CfnResource, Fn, Stack, Token } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { isGiven } from "./parameters.ts";

type Grantees = iam.IGrantable | readonly iam.IGrantable[];

/**
 * Allows these calls on these resources. CDK's own grants allow more than the code needs (`grantReadWriteData` is
 * eleven actions where two are used), so every permission is written out. test/pipeline/permissions.test.ts compares
 * the lists with the calls that the code makes.
 */
export function allow(to: Grantees, actions: string[], ...resources: string[]): void {
  allowIf({}, to, actions, ...resources);
}

/** Allows calls on these resources that meet the conditions. */
export function allowIf(conditions: iam.Conditions, to: Grantees, actions: string[], ...resources: string[]): void {
  for (const { grantPrincipal } of [to].flat())
    grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
}

/**
 * The condition that a call is on items of a table whose partition keys begin like this.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function onKeys(...patterns: string[]) {
  return {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": patterns },
    Null: { "dynamodb:LeadingKeys": "false" },
  };
}

/** ARN of an Auto Scaling group by its name. `*` is the id that AWS generates when the group is created. */
export function groupArn(scope: Construct, groupName: string): string {
  return Stack.of(scope).formatArn({
    service: "autoscaling",
    resource: "autoScalingGroup",
    resourceName: `*:autoScalingGroupName/${groupName}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/**
 * ARNs that are made of a list's values as they are deployed. CloudFormation joins with fixed text alone
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html), so the
 * partition is chosen by a condition.
 * @param arns of a partition
 */
function inPartition(scope: Construct, arns: (partition: string) => string[]): string[] {
  const isChina = Fn.conditionEquals(Aws.PARTITION, "aws-cn");
  const found = scope.node.tryFindChild("InChina");
  const inChina = found instanceof CfnCondition ? found : new CfnCondition(scope, "InChina", { expression: isChina });
  return Token.asList(Fn.conditionIf(inChina.logicalId, arns("aws-cn"), arns("aws")));
}

/**
 * ARNs of the distributions and distribution tenants in the stack's list, as the resources of a policy: `distribution/E1ABCDEFGHIJKL`,
 * `distribution-tenant/dt_2wjDZi3hD1ivOXf6rpZJO1AB`. CloudFormation cannot part the list by their kind, and an id is of one kind. The
 * account is left open: a role reaches no other account's distributions.
 */
export function distributionArns(scope: Construct, ids: CfnParameter): string[] {
  return inPartition(scope, (partition) => {
    const before = `arn:${partition}:cloudfront::*:distribution*/`;
    return Fn.split(",", `${before}${Fn.join(`,${before}`, Fn.split(",", ids.valueAsString))}`);
  });
}

/**
 * Lets a function read the sources of requests that the stack's parameter names, and list their buckets. Of these, the code lists no more
 * than the parameter names: a list in CloudFormation cannot be made into pairs of bucket and prefix.
 */
export function allowReadingSources(scope: Construct, { role }: lambda.Function, sourceBuckets: CfnParameter): void {
  const own = new Construct(scope, "SourceBuckets");
  const entries = Fn.split(",", sourceBuckets.valueAsString);
  const policy = new iam.Policy(own, "Reading", {
    statements: [
      new iam.PolicyStatement({
        actions: ["s3:GetObject"],
        resources: inPartition(scope, (partition) => objects(`arn:${partition}:s3:::`, entries)),
      }),
      new iam.PolicyStatement({
        actions: ["s3:ListBucket"],
        resources: inPartition(scope, (partition) => buckets(`arn:${partition}:s3:::`, entries)),
      }),
    ],
  });
  role?.attachInlinePolicy(policy);
  const hasSome = isGiven(own, "HasSome", sourceBuckets.valueAsString);
  (policy.node.defaultChild as CfnResource).cfnOptions.condition = hasSome;
}

/** ARNs of objects: `entry/*` for buckets and `entry` for prefixes. Every entry yields both forms. */
function objects(before: string, entries: string[]): string[] {
  return Fn.split(",", `${before}${Fn.join(`/*,${before}`, entries)}/*,${before}${Fn.join(`,${before}`, entries)}`);
}

/**
 * The bucket of each entry. What is behind a slash becomes the ARN of an object in a bucket called `-`, which cannot be:
 * CloudFormation knows no way to leave it out.
 */
function buckets(before: string, entries: string[]): string[] {
  const parts = Fn.split("/", `${before}${Fn.join(`,${before}`, entries)}`);
  return Fn.split(",", Fn.join(`,${before}-/`, parts));
}
