// Provides what was deleted in a bucket, as the bucket's own notifications tell.
import { PutBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { Stack } from "./stack.ts";

const notificationSchema = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).default([]),
});

/** Returns what tells the keys of all that was deleted in a bucket until then. It follows until the test ends. */
export async function followDeletions(
  { prewarm: { clients } }: Stack,
  Bucket: string,
): Promise<() => Promise<string[]>> {
  const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: "deletions" }));
  onTestFinished(async () => void (await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }))));
  const { Attributes } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await clients.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [{ QueueArn: Attributes?.["QueueArn"], Events: ["s3:ObjectRemoved:*"] }],
      },
    }),
  );
  const keys: string[] = [];
  return async () => {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
    );
    for (const { Body = "{}" } of Messages) {
      keys.push(
        ...notificationSchema.parse(JSON.parse(Body)).Records.map(({ s3 }) => decodeURIComponent(s3.object.key)),
      );
    }
    return [...keys];
  };
}
