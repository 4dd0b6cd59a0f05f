import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { MainAndExpressQueues } from "../../aws/task-queue.ts";
import { taskMessage } from "../agent/task-messages.ts";
import { fakeClient } from "./client.ts";

const MAIN = "https://sqs.example/main";
const EXPRESS = "https://sqs.example/express";

test("messages go to the named queue, else to the main queue", async () => {
  const { client, sent } = fakeClient<SQSClient>(() => ({}));
  const queue = new MainAndExpressQueues(client, { main: MAIN, express: EXPRESS });
  await queue.send([taskMessage()]);
  await queue.send([taskMessage()], "express");
  await queue.queues.express.receive(1, 3);
  expect(sent.map(({ input }) => input.QueueUrl)).toEqual([MAIN, EXPRESS, EXPRESS]);
  expect(sent[2]?.input.MaxNumberOfMessages).toBe(3);
});

test("the depth is the sum of both queues", async () => {
  const depths: Readonly<Record<string, readonly string[]>> = {
    [MAIN]: ["5", "30", "700"],
    [EXPRESS]: ["2", "40", "100"],
  };
  const { client } = fakeClient<SQSClient>(({ input }) => {
    const [available, delayed, inFlight] = depths[input.QueueUrl] ?? [];
    return {
      Attributes: {
        ApproximateNumberOfMessages: available,
        ApproximateNumberOfMessagesDelayed: delayed,
        ApproximateNumberOfMessagesNotVisible: inFlight,
      },
    };
  });
  expect(await new MainAndExpressQueues(client, { main: MAIN, express: EXPRESS }).messageCount()).toBe(877);
});
