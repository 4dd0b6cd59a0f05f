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

it("letters are received with their reasons, and deleted by their receipts", async () => {
  const { client, sent } = fakeClient<SQSClient>(({ name }) =>
    name === "ReceiveMessageCommand"
      ? {
          Messages: [
            {
              ...{ MessageId: "m1", Body: "{}", ReceiptHandle: "h1" },
              MessageAttributes: { reason: { DataType: "String", StringValue: "no host" } },
            },
            { MessageId: "m2", Body: "[]", ReceiptHandle: "h2" },
          ],
        }
      : {},
  );
  const deadLetters = new DeadLetterQueue(client, "https://sqs.example/dead");
  const letters = await deadLetters.receive();
  expect(letters).toEqual([
    { id: "m1", body: "{}", reason: "no host", receipt: "h1" },
    { id: "m2", body: "[]", reason: undefined, receipt: "h2" },
  ]);
  for (const letter of letters) await deadLetters.delete(letter);
  expect(sent.map(({ name, input }) => [name, input.QueueUrl, input.ReceiptHandle])).toEqual([
    ["ReceiveMessageCommand", "https://sqs.example/dead", undefined],
    ["DeleteMessageCommand", "https://sqs.example/dead", "h1"],
    ["DeleteMessageCommand", "https://sqs.example/dead", "h2"],
  ]);
  // A second of long polling: without a wait, SQS asks some of its servers only.
  expect(sent[0]?.input).toMatchObject({ WaitTimeSeconds: 1, MessageAttributeNames: ["reason"] });
});
