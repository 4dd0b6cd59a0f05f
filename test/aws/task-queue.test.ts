import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { TaskQueue } from "../../aws/task-queue.ts";
import { taskMessage } from "../agent/task-messages.ts";
import { fakeClient } from "./client.ts";

const MAIN = "https://sqs.example/main";
const EXPRESS = "https://sqs.example/express";

test("messages go into the lane that is named, else into the main one", async () => {
  const { client, sent } = fakeClient<SQSClient>(() => ({}));
  const queue = new TaskQueue(client, { main: MAIN, express: EXPRESS });
  await queue.send([taskMessage()]);
  await queue.send([taskMessage()], "express");
  await queue.lanes.express.receive(1, 3);
  expect(sent.map(({ input }) => input.QueueUrl)).toEqual([MAIN, EXPRESS, EXPRESS]);
  expect(sent[2]?.input.MaxNumberOfMessages).toBe(3);
});

test("its depth is that of both lanes", async () => {
  const { client } = fakeClient<SQSClient>(({ input }) => ({
    Attributes: {
      ApproximateNumberOfMessages: input.QueueUrl === MAIN ? "5" : "2",
      ApproximateNumberOfMessagesNotVisible: "1",
    },
  }));
  expect(await new TaskQueue(client, { main: MAIN, express: EXPRESS }).depth()).toEqual({ available: 7, inFlight: 2 });
});
