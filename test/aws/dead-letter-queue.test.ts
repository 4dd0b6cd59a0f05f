import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { fakeClient } from "./client.ts";

it("a body is set aside as it came, with the reason, no larger than SQS takes", async () => {
  const { client, sent } = fakeClient<SQSClient>(() => ({}));
  const deadLetters = new DeadLetterQueue(client, "https://sqs.example/dead");
  await deadLetters.bury('{"a": 1}', "bytes: missing");
  await deadLetters.bury("x".repeat(300_000), "y".repeat(2_000));
  expect(sent[0]?.input).toEqual({
    QueueUrl: "https://sqs.example/dead",
    MessageBody: '{"a": 1}',
    MessageAttributes: { reason: { DataType: "String", StringValue: "bytes: missing" } },
  });
  expect(sent[1]?.input.MessageBody).toHaveLength(250_000);
  expect(sent[1]?.input.MessageAttributes.reason.StringValue).toHaveLength(1_000);
});
