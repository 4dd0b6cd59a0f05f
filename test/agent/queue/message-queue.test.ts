import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { MessageQueue, QueueEntryError } from "../../../agent/queue/message-queue.ts";
import { type Answers, fakeAws, Refusal } from "../fake-aws.ts";

async function queue(answers: Answers) {
  const aws = await fakeAws(answers);
  return { aws, queue: new MessageQueue(aws.sqs, "https://sqs.example/tasks", "https://sqs.example/dead") };
}

const handles = (n: number) => Array.from({ length: n }, (_, i) => `r${i}`);

describe("receive", () => {
  test("asks for as many as there may be, and does not wait longer than a stop may take", async () => {
    const Messages = [{ MessageId: "m", ReceiptHandle: "r", Body: "{}" }];
    const { queue: q, aws } = await queue({ ReceiveMessage: () => ({ Messages }) });
    expect(await q.receive()).toEqual(Messages);
    expect(aws.asked("ReceiveMessage")).toEqual([
      { QueueUrl: "https://sqs.example/tasks", MaxNumberOfMessages: 10, WaitTimeSeconds: 5 },
    ]);
  });

  test("of an empty queue is nothing", async () => {
    const { queue: q } = await queue({ ReceiveMessage: () => ({}) });
    expect(await q.receive()).toEqual([]);
  });

  test("an error is one", async () => {
    const { queue: q } = await queue({
      ReceiveMessage: () => {
        throw new Refusal("QueueDoesNotExist");
      },
    });
    await expect(q.receive()).rejects.toThrow("QueueDoesNotExist");
  });
});

describe("delete and hold", () => {
  const success = { Successful: [] };

  test("travel together, up to ten", async () => {
    const { queue: q, aws } = await queue({
      DeleteMessageBatch: () => success,
      ChangeMessageVisibilityBatch: () => success,
    });
    await Promise.all([...handles(12).map((handle) => q.delete(handle)), q.hold("a", 120), q.hold("b", 0)]);
    const deletions = aws.asked("DeleteMessageBatch");
    expect(deletions.map(({ Entries = [] }) => Entries.length)).toEqual([10, 2]);
    expect(deletions.flatMap(({ Entries = [] }) => Entries.map((entry) => entry.ReceiptHandle))).toEqual(handles(12));
    for (const { QueueUrl, Entries = [] } of deletions) {
      expect(QueueUrl).toBe("https://sqs.example/tasks");
      expect(new Set(Entries.map(({ Id }) => Id)).size).toBe(Entries.length);
    }
    expect(aws.asked("ChangeMessageVisibilityBatch")).toEqual([
      {
        QueueUrl: "https://sqs.example/tasks",
        Entries: [
          { Id: "0", ReceiptHandle: "a", VisibilityTimeout: 120 },
          { Id: "1", ReceiptHandle: "b", VisibilityTimeout: 0 },
        ],
      },
    ]);
  });

  test.each([
    { name: "delete", act: (q: MessageQueue, handle: string) => q.delete(handle) },
    { name: "hold", act: (q: MessageQueue, handle: string) => q.hold(handle, 120) },
  ])("an entry that SQS refuses is an error of that $name alone", async ({ act }) => {
    const Failed = [{ Id: "1", Code: "ReceiptHandleIsInvalid", Message: "expired", SenderFault: true }];
    const partly = () => ({ Successful: [], Failed });
    const { queue: q } = await queue({ DeleteMessageBatch: partly, ChangeMessageVisibilityBatch: partly });
    const outcomes = await Promise.allSettled(handles(3).map((handle) => act(q, handle)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toEqual({ status: "rejected", reason: new QueueEntryError("ReceiptHandleIsInvalid: expired") });
  });

  test("drain sends them and waits for them", async () => {
    const ended: string[] = [];
    const slowly = (name: string) => async () => {
      await sleep(50);
      ended.push(name);
      return success;
    };
    const { queue: q } = await queue({
      DeleteMessageBatch: slowly("delete"),
      ChangeMessageVisibilityBatch: slowly("hold"),
    });
    const all = [q.delete("a"), q.hold("b", 0)];
    await q.drain();
    expect(ended.sort()).toEqual(["delete", "hold"]);
    await Promise.all(all);
  });
});

test("send puts a message into the queue anew", async () => {
  const { queue: q, aws } = await queue({ SendMessage: () => ({ MessageId: "m" }) });
  await q.send('{"a":1}');
  expect(aws.asked("SendMessage")).toEqual([{ QueueUrl: "https://sqs.example/tasks", MessageBody: '{"a":1}' }]);
});

test("messages counts those that wait and those that somebody has", async () => {
  const Attributes = { ApproximateNumberOfMessages: "3", ApproximateNumberOfMessagesNotVisible: "4" };
  const { queue: q, aws } = await queue({ GetQueueAttributes: () => ({ Attributes }) });
  expect(await q.messages()).toBe(7);
  expect(aws.asked("GetQueueAttributes")).toEqual([
    { QueueUrl: "https://sqs.example/tasks", AttributeNames: Object.keys(Attributes) },
  ]);
});

test("bury keeps the message as it came, with the reason as far as it fits", async () => {
  const { queue: q, aws } = await queue({ SendMessage: () => ({ MessageId: "m" }) });
  await q.bury('{"a":1}', "x".repeat(2_000));
  expect(aws.asked("SendMessage")).toEqual([
    {
      QueueUrl: "https://sqs.example/dead",
      MessageBody: '{"a":1}',
      MessageAttributes: { reason: { DataType: "String", StringValue: "x".repeat(1_000) } },
    },
  ]);
});
