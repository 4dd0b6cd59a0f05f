import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "./emulator.ts";

/** Clients of the APIs that the local run itself asks. */
export function localClients(aws: Pick<Aws, "endpoint" | "region" | "env">) {
  // The SDK warns about Node 20, which is enough here. AWS runs Node 24.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const config = {
    endpoint: aws.endpoint,
    region: aws.region,
    credentials: {
      accessKeyId: aws.env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: aws.env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  };
  return {
    apiGateway: new APIGatewayClient(config),
    autoScaling: new AutoScalingClient(config),
    cloudFormation: new CloudFormationClient(config),
    db: DynamoDBDocument.from(new DynamoDBClient(config)),
    ec2: new EC2Client(config),
    events: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client(config),
    scheduler: new SchedulerClient(config),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
  };
}

export type LocalClients = ReturnType<typeof localClients>;
