// Provides all that an account has, as its services list it, to see that nothing is left of a stack.
import type { StackResource } from "@aws-sdk/client-cloudformation";
import type { Aws } from "../../tools/local/emulator.ts";
import { call } from "./aws-call.ts";

/** How a service lists what there is. */
interface Listing {
  readonly service: string;
  readonly path?: string;
  readonly target?: string;
  readonly form?: string;
}

const LISTINGS: readonly Listing[] = [
  { service: "dynamodb", target: "DynamoDB_20120810.ListTables" },
  { service: "sqs", target: "AmazonSQS.ListQueues" },
  { service: "logs", target: "Logs_20140328.DescribeLogGroups" },
  { service: "logs", target: "Logs_20140328.DescribeMetricFilters" },
  { service: "events", target: "AWSEvents.ListRules" },
  { service: "monitoring", target: "GraniteServiceVersion20100801.DescribeAlarms" },
  { service: "monitoring", target: "GraniteServiceVersion20100801.ListDashboards" },
  { service: "s3", path: "/" },
  { service: "lambda", path: "/2015-03-31/functions?MaxItems=1000" },
  { service: "lambda", path: "/2015-03-31/event-source-mappings?MaxItems=1000" },
  { service: "scheduler", path: "/schedule-groups" },
  { service: "scheduler", path: "/schedules" },
  { service: "apigateway", path: "/restapis?limit=500" },
  { service: "apigateway", path: "/apikeys?limit=500" },
  { service: "apigateway", path: "/usageplans?limit=500" },
  { service: "autoscaling", form: "Action=DescribeAutoScalingGroups&Version=2011-01-01" },
  { service: "ec2", form: "Action=DescribeLaunchTemplates&Version=2016-11-15" },
  { service: "ec2", form: "Action=DescribeInstances&Version=2016-11-15" },
  { service: "sns", form: "Action=ListTopics&Version=2010-03-31" },
  { service: "iam", form: "Action=ListRoles&Version=2010-05-08&MaxItems=1000" },
];

/** Types that no list has: parts of something that is listed, and our own, which are answers of functions. */
const UNLISTED =
  /^(AWS::ApiGateway::(Deployment|GatewayResponse|Method|Resource|Stage|UsagePlanKey)|AWS::IAM::(Policy|InstanceProfile)|AWS::Lambda::(EventInvokeConfig|Permission)|AWS::(S3::Bucket|SQS::Queue|SNS::Topic)Policy|Custom::.+)$/;

/** All that an account has, as its services list it. */
export async function listings(aws: Aws) {
  return (await Promise.all(LISTINGS.map((listing) => list(aws, listing)))).join("\n");
}

/** Those resources of a stack that the lists show. */
export function listed(resources: readonly StackResource[]): StackResource[] {
  return resources.filter(({ ResourceType = "" }) => !UNLISTED.test(ResourceType));
}

function list(aws: Aws, { service, path = "/", target, form }: Listing) {
  if (target !== undefined) {
    return call(aws, service, path, { "content-type": "application/x-amz-json-1.0", "x-amz-target": target }, "{}");
  }
  if (form === undefined) return call(aws, service, path);
  return call(aws, service, path, { "content-type": "application/x-www-form-urlencoded" }, form);
}
