import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { ExpandQueue, expandSchema } from "../../aws/expand-queue.ts";
import { fakeClient } from "./client.ts";

it("sends the request whose sources are to be read, and has a message come again", async () => {
  const { client, sent } = fakeClient<SQSClient>(() => ({}));
  const queue = new ExpandQueue(client, "https://sqs/expand");
  await queue.expand("r1");
  await queue.again("handle", 5);
  expect(expandSchema.parse(JSON.parse(sent[0]?.input.MessageBody))).toEqual({ req_id: "r1" });
  expect(sent.map(({ name, input }) => [name, input.QueueUrl])).toEqual([
    ["SendMessageCommand", "https://sqs/expand"],
    ["ChangeMessageVisibilityCommand", "https://sqs/expand"],
  ]);
  expect(sent[1]?.input).toMatchObject({ ReceiptHandle: "handle", VisibilityTimeout: 5 });
});
