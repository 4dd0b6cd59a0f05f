/** What cdk-nag finds, and why it stays so. docs/security.md shows the same table. */
export interface Acknowledged {
  /** As cdk-nag prints it behind "Acknowledge with". */
  readonly id: string;
  readonly reason: string;
}

const iam = (resource: string, reason: string): Acknowledged => ({
  id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
  reason,
});
const rule = (name: string, reason: string): Acknowledged => ({ id: `AwsSolutions::AwsSolutions-${name}`, reason });

const KEY = "The contract: the caller is known by an API key; with vpce the API is private as well";
const REGIONAL = "arn:<AWS::Partition>:%:<AWS::Region>:<AWS::AccountId>:";

export const ACKNOWLEDGED: readonly Acknowledged[] = [
  rule("APIG4", KEY),
  rule("COG4", KEY),
  rule(
    "APIG1",
    "Access logs want a role for all of API Gateway in the account and region, which belongs to the account",
  ),
  rule("APIG6", "The function logs every call that fails; execution logs want the account's role, as access logs do"),
  rule(
    "APIG2",
    "The function checks bodies, and names every bad field and URL, which API Gateway's validation does not",
  ),
  rule(
    "APIG3",
    "A web ACL costs more than all the rest of an idle stack; the stage is throttled, and the key is required",
  ),
  rule("AS3", "Every request starts and ends instances; there are alarms on what is not as it should be"),
  rule(
    "EC26",
    "The check fails on its own on a launch template; the only volume is encrypted (test/lib/agent-fleet.test.ts)",
  ),
  rule("S1", "Lists of URLs and reports, 30 days old at most; access logs would outlive them in another bucket"),
  rule("SQS3", "It is a dead-letter queue: of the streams' event sources, which cdk-nag does not look at"),
  rule(
    "VPC7",
    "Nothing comes in, and what goes out is in the results; flow logs of 300 instances cost more than they say",
  ),
  iam("<PrewarmStorageLists85C6997E.Arn>/*", "The objects of this one bucket; their names begin with the request's id"),
  iam(
    `${REGIONAL.replace("%", "scheduler")}schedule/<PrewarmPipelineTimers9B0ADECC>/*`,
    "The schedules of this one group; each has its request's id for a name",
  ),
  iam(
    `${REGIONAL.replace("%", "autoscaling")}autoScalingGroup:*:autoScalingGroupName/prewarm_asg_<envName>`,
    "One group, by its name; the star stands for the id that AWS makes up",
  ),
  iam(
    "arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/*",
    "A request names the distribution to invalidate; only those of this account can be",
  ),
  iam("*", "Calls that know no resource: listing distributions and streams, describing groups, Session Manager"),
];
