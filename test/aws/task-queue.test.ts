import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { allMessages, TaskQueue } from "../../aws/task-queue.ts";
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
      ApproximateNumberOfMessagesDelayed: "3",
      ApproximateNumberOfMessagesNotVisible: "1",
    },
  }));
  const depth = await new TaskQueue(client, { main: MAIN, express: EXPRESS }).depth();
  expect(depth).toEqual({ available: 7, delayed: 6, inFlight: 2 });
  expect(allMessages(depth)).toBe(15);
});
