// Provides changes to a request that no part of the stack makes: lost records, lost timers, changed items.
import { DeleteScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { AsyncFunction } from "../../aws/async-function.ts";
import { MAX_RECEIVES } from "../../domain/request/limits.ts";
import type { Stack } from "./stack.ts";

/** Updates the item of a request. */
export async function updateRequest(
  { prewarm }: Stack,
  reqId: string,
  expression: string,
  values: Record<string, unknown>,
): Promise<void> {
  await prewarm.clients.db.send(
    new UpdateCommand({
      TableName: prewarm.deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table"),
      Key: { req_id: reqId },
      UpdateExpression: expression,
      ExpressionAttributeValues: values,
    }),
  );
}

/** Adds to the counters of a request, so that they differ from its results. */
export async function miscount({ prewarm }: Stack, reqId: string, count: number, size: number): Promise<void> {
  await prewarm.clients.db.send(
    new UpdateCommand({
      TableName: prewarm.deployed.resource("PrewarmStorageProgress", "AWS::DynamoDB::Table"),
      Key: { key: `count#${reqId}`, part: "0" },
      UpdateExpression: "ADD download_count :count, download_size :size",
      ExpressionAttributeValues: { ":count": count, ":size": size },
    }),
  );
}

/** Asks Shutdown for a settlement check, as Aggregation does when the counters of a request are complete. */
export async function requestSettlement({ prewarm: { clients, deployed } }: Stack, reqId: string): Promise<void> {
  const name = deployed.resource("PrewarmPipelineShutdown", "AWS::Lambda::Function");
  await new AsyncFunction(clients.lambda, name).invoke(reqId);
}

export async function deleteTimer({ prewarm: { clients } }: Stack, reqId: string): Promise<void> {
  const { Schedules } = await clients.scheduler.send(new ListSchedulesCommand({}));
  const GroupName = Schedules?.find(({ Name }) => Name === reqId)?.GroupName;
  await clients.scheduler.send(new DeleteScheduleCommand({ Name: reqId, GroupName }));
}

/** Receives the messages of the express lane as often as allowed without deleting them. The next receive moves them to the dead-letter queue. */
export async function exhaustReceives({ prewarm: { clients, deployed } }: Stack): Promise<void> {
  const QueueUrl = deployed.resource("PrewarmTaskQueueExpress", "AWS::SQS::Queue");
  for (let i = 0; i <= MAX_RECEIVES; i++)
    await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }));
}
