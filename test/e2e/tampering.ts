// Provides changes to a request that no part of the stack makes: lost timers, changed counters, abandoned messages.
import { DeleteScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { MAX_RECEIVES } from "../../domain/limits.ts";
import type { Stack } from "./stack.ts";

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

export async function deleteTimer({ prewarm: { clients } }: Stack, reqId: string): Promise<void> {
  const { Schedules } = await clients.scheduler.send(new ListSchedulesCommand({}));
  const GroupName = Schedules?.find(({ Name }) => Name === reqId)?.GroupName;
  await clients.scheduler.send(new DeleteScheduleCommand({ Name: reqId, GroupName }));
}

/** Receives the messages of the express queue as often as allowed without deleting them. The next receive moves them to the dead-letter queue. */
export async function exhaustReceives({ prewarm: { clients, deployed } }: Stack): Promise<void> {
  const QueueUrl = deployed.resource("PrewarmTaskQueueExpress", "AWS::SQS::Queue");
  for (let i = 0; i <= MAX_RECEIVES; i++)
    await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }));
}
