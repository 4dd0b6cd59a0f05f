import type { SQSClient } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { MainAndExpressQueues, QueueEntryError, SqsTaskQueue, TasksNotQueuedError } from "../../aws/task-queue.ts";
import { taskMessage } from "../agent/task-messages.ts";
import { times } from "../collect.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

useVirtualClock({ idleMs: 2 });

const QUEUE = "https://sqs.example/tasks";
const messages = (n: number) => times(n, (i) => taskMessage({ pop: String(i) }));

type Entry = Readonly<Record<string, string>>;
const entriesOf = ({ input }: Sent): Entry[] => input.Entries;
const popsOf = (command: Sent) => entriesOf(command).map(({ MessageBody = "" }) => String(JSON.parse(MessageBody).pop));

/** @param answer to each command, or to the n-th */
function newQueue(answer: (command: Sent, n: number) => unknown = () => ({})) {
  const { client, sent } = fakeClient<SQSClient>(answer);
  const entries = (name = "SendMessageBatchCommand") =>
    sent.filter((command) => command.name === name).flatMap(entriesOf);
  return { client, queue: new SqsTaskQueue(client, QUEUE), sent, entries };
}

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  return () => vi.restoreAllMocks();
});

describe("sending", () => {
  it("queues messages unchanged, each in the group of its request, and makes no call without messages", async () => {
    const { queue, sent, entries } = newQueue();
    await queue.send([]);
    expect(sent).toEqual([]);
    const all = messages(2).map((message, i) => ({ ...message, req_id: `r${i}` }));
    await queue.send(all);
    expect(sent).toMatchObject([{ name: "SendMessageBatchCommand", input: { QueueUrl: QUEUE } }]);
    expect(entries().map(({ MessageBody = "" }) => JSON.parse(MessageBody))).toEqual(all);
    expect(entries().map(({ MessageGroupId }) => MessageGroupId)).toEqual(["r0", "r1"]);
  });

  it("keeps to what SQS takes, each message once and in order, in batches as full as their own messages allow", async () => {
    const sizes = fc.array(fc.oneof(fc.nat(300), fc.nat(60_000), fc.integer({ min: 100_000, max: 255_000 })), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async (list) => {
        const { queue, sent } = newQueue();
        const all = list.map((n, i) => taskMessage({ pop: String(i), header: ["x".repeat(n)] }));
        await queue.send(all);
        expect(sent.flatMap(popsOf)).toEqual(all.map(({ pop }) => pop));
        const batches = sent.map((command) => entriesOf(command).map(({ MessageBody = "" }) => MessageBody.length));
        for (const [i, batch] of batches.entries()) {
          const bytes = batch.reduce((sum, length) => sum + length, 0);
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(bytes).toBeLessThanOrEqual(256_000);
          // The first of the next one had no room here.
          const [next = 256_001] = batches[i + 1] ?? [];
          expect(batch.length === 10 || bytes + next > 256_000).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("delays a message, in whole seconds and at most 15 minutes; some of them share a call", async () => {
    const { queue, sent, entries } = newQueue();
    const delays = [10.2, 0, 5_000];
    await Promise.all(messages(3).map((message, i) => queue.sendLater(message, delays[i] ?? 0)));
    expect(sent).toHaveLength(1);
    expect(entries().map(({ DelaySeconds }) => DelaySeconds)).toEqual([11, undefined, 900]);
    expect(sent.flatMap(popsOf)).toEqual(["0", "1", "2"]);
  });

  it("sends again what was refused of a batch: that, and no more", async () => {
    // The first time, the odd ones are refused; the second time, one of those.
    const refused = [["1", "3", "5"], ["0"], []];
    const { queue, sent } = newQueue((_, n) => ({ Failed: refused[n]?.map((Id) => ({ Id, Code: "Throttled" })) }));
    await queue.send(messages(6));
    expect(sent.map(popsOf)).toEqual([["0", "1", "2", "3", "4", "5"], ["1", "3", "5"], ["1"]]);
  });

  it("fails when SQS goes on refusing, with how many and why, also of a delayed message", async () => {
    const { queue, sent } = newQueue(() => ({ Failed: [{ Id: "0", Code: "InternalError", Message: "try later" }] }));
    await expect(queue.send(messages(3))).rejects.toThrow("1 task messages could not be queued: try later");
    expect(sent.map((command) => popsOf(command).length)).toEqual([3, 1, 1, 1, 1, 1, 1, 1]);
    // A pause before every one but the first.
    expect(Math.random).toHaveBeenCalledTimes(7);
    await expect(queue.sendLater(taskMessage(), 1)).rejects.toThrow(TasksNotQueuedError);
  });

  it("fails with SQS, and with what reads the messages", async () => {
    const { queue } = newQueue(() => Promise.reject(awsError("AccessDenied")));
    await expect(queue.send(messages(1))).rejects.toThrow("AccessDenied");
    async function* broken() {
      yield* messages(3);
      throw new Error("the list cannot be read");
    }
    await expect(newQueue().queue.send(broken())).rejects.toThrow("the list cannot be read");
  });

  it("reads no more messages ahead than it can send", async () => {
    let read = 0;
    const source = function* () {
      for (const message of messages(10_000)) {
        read++;
        yield message;
      }
    };
    const { queue } = newQueue(() => new Promise(() => {}));
    void queue.send(source());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(read).toBeGreaterThan(10);
    expect(read).toBeLessThan(500);
  });
});

it("receive asks for as many as there may be, and waits as long as it is told", async () => {
  const MessageAttributes = { reason: { DataType: "String", StringValue: "no host" } };
  const Messages = [
    { MessageId: "m", ReceiptHandle: "r", Body: "{}", Attributes: { ApproximateReceiveCount: "3" } },
    // A dead letter says why an agent put it there.
    { MessageId: "m2", ReceiptHandle: "r2", Body: "{}", MessageAttributes },
  ];
  const { queue, sent } = newQueue(() => ({ Messages }));
  expect(await queue.receive(5)).toEqual([
    { id: "m", receipt: "r", body: "{}", deliveries: 3, reason: undefined },
    { id: "m2", receipt: "r2", body: "{}", deliveries: 1, reason: "no host" },
  ]);
  expect(sent[0]?.input).toEqual({
    QueueUrl: QUEUE,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    MessageAttributeNames: ["reason"],
    WaitTimeSeconds: 5,
  });
});

it("delete and hold travel together, up to ten", async () => {
  const { queue, sent, entries } = newQueue();
  const receipts = times(12, (i) => `r${i}`);
  await Promise.all([
    ...receipts.map((receipt) => queue.delete(receipt)),
    queue.setVisibilityTimeout("a", 120),
    queue.setVisibilityTimeout("b", 0),
  ]);
  expect(sent.map((command) => [command.name, entriesOf(command).length])).toEqual([
    ["DeleteMessageBatchCommand", 10],
    ["DeleteMessageBatchCommand", 2],
    ["ChangeMessageVisibilityBatchCommand", 2],
  ]);
  expect(entries("DeleteMessageBatchCommand").map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(receipts);
  for (const command of sent)
    expect(new Set(entriesOf(command).map(({ Id }) => Id)).size).toBe(entriesOf(command).length);
  expect(sent.at(-1)?.input).toEqual({
    QueueUrl: QUEUE,
    Entries: [
      { Id: "0", ReceiptHandle: "a", VisibilityTimeout: 120 },
      { Id: "1", ReceiptHandle: "b", VisibilityTimeout: 0 },
    ],
  });
});

it.each([["delete", (queue: SqsTaskQueue, receipt: string) => queue.delete(receipt)]])(
  "delete and hold an entry that SQS refuses is an error of that %s alone",
  async (_, act) => {
    const { queue } = newQueue(() => ({ Failed: [{ Id: "1", Code: "ReceiptHandleIsInvalid", Message: "expired" }] }));
    const outcomes = await Promise.allSettled(["r0", "r1", "r2"].map((receipt) => act(queue, receipt)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toEqual({ status: "rejected", reason: new QueueEntryError("ReceiptHandleIsInvalid: expired") });
  },
);

const [main, express] = ["https://sqs.example/main", "https://sqs.example/express"];

it("the main and the express queue get the messages that name them, else the main queue does", async () => {
  const { client, sent } = newQueue();
  const both = new MainAndExpressQueues(client, { main, express });
  await both.send([taskMessage()]);
  await both.send([taskMessage()], "express");
  await both.queues.express.receive(1, 3);
  expect(sent.map(({ input }) => input.QueueUrl)).toEqual([main, express, express]);
  expect(sent[2]?.input.MaxNumberOfMessages).toBe(3);
});

it("the main and the express queue have as many messages as wait, are delayed and are in flight in both; none where SQS says nothing", async () => {
  const depths: Readonly<Record<string, readonly number[]>> = { [main]: [5, 30, 700], [express]: [2, 40, 100] };
  const { client } = newQueue(({ input }) => {
    const [available, delayed, inFlight] = depths[input.QueueUrl] ?? [];
    return {
      Attributes: {
        ApproximateNumberOfMessages: available,
        ApproximateNumberOfMessagesDelayed: delayed,
        ApproximateNumberOfMessagesNotVisible: inFlight,
      },
    };
  });
  expect(await new MainAndExpressQueues(client, { main, express }).messageCount()).toBe(877);
  expect(await newQueue().queue.depth()).toEqual({ available: 0, delayed: 0, inFlight: 0 });
});
