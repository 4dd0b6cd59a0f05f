import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { lookSchema, StepQueue } from "../../aws/step-queue.ts";
import { fakeClient } from "./client.ts";

it.each([
  [undefined, 0],
  [0.2, 1],
  [60, 60],
  [86_400, 900],
])("sends a look, delayed by %j seconds: %j", async (delay, expected) => {
  const { client, sent } = fakeClient<SQSClient>(() => ({}));
  await new StepQueue(client, "https://sqs/steps").look("r1", delay);
  expect(sent[0]).toMatchObject({
    name: "SendMessageCommand",
    input: { QueueUrl: "https://sqs/steps", DelaySeconds: expected },
  });
  expect(lookSchema.parse(JSON.parse(sent[0]?.input.MessageBody))).toEqual({ req_id: "r1" });
});
