import type { SQSClient } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { QueueEntryError, SqsTaskQueue, TasksNotQueuedError } from "../../aws/task-queue.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { type Answers, fakeAws, Refusal } from "../agent/fake-aws.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

useVirtualClock({ idleMs: 2 });

const QUEUE = "https://sqs.example/tasks";
const MESSAGE = {
  req_id: "r1",
  ips: ["192.0.2.1"],
  host: "a.example",
  header: [],
  shards: 1,
  urls: [{ url: "u", bytes: 1 }],
};
const messages = (n: number, filler = ""): TaskMessage[] =>
  Array.from({ length: n }, (_, i) => ({ ...MESSAGE, pop: String(i), header: filler === "" ? [] : [filler] }));

type Entry = { Id: string; MessageBody: string };
const entries = ({ input }: Sent): Entry[] => input.Entries;
const popsOf = (command: Sent) => entries(command).map(({ MessageBody }) => JSON.parse(MessageBody).pop as string);
const bytesOf = (command: Sent) =>
  entries(command).reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0);

function newQueue(answer: (command: Sent, n: number) => unknown = () => ({})) {
  const { client, sent } = fakeClient<SQSClient>(answer);
  return { queue: new SqsTaskQueue(client, QUEUE), sent };
}

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  return () => vi.restoreAllMocks();
});

describe("sending", () => {
  it("sends full batches of ten unchanged, and makes no call without messages", async () => {
    const { queue, sent } = newQueue();
    await queue.send(messages(25));
    expect(sent.map((command) => popsOf(command).length)).toEqual([10, 10, 5]);
    expect(new Set(sent.map(({ name, input }) => [name, input.QueueUrl].join()))).toEqual(
      new Set([`SendMessageBatchCommand,${QUEUE}`]),
    );
    expect(sent.flatMap(entries).map(({ MessageBody }) => MessageBody)).toEqual(
      messages(25).map((message) => JSON.stringify(message)),
    );
    await queue.send([]);
    expect(sent).toHaveLength(3);
  });

  it("says of each message which request it is of: SQS is fair between groups", async () => {
    const { queue, sent } = newQueue();
    await queue.send(messages(2).map((message, i) => ({ ...message, req_id: `r${i}` })));
    expect(sent[0]?.input.Entries.map((entry: { MessageGroupId: string }) => entry.MessageGroupId)).toEqual([
      "r0",
      "r1",
    ]);
  });

  it("delays a message, in whole seconds and at most 15 minutes; some of them share a call", async () => {
    const { queue, sent } = newQueue();
    const [a, b, c] = messages(3);
    if (a === undefined || b === undefined || c === undefined) throw new Error("there are three");
    await Promise.all([queue.sendLater(a, 10.2), queue.sendLater(b, 0), queue.sendLater(c, 5_000)]);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.input.Entries.map((entry: { DelaySeconds?: number }) => entry.DelaySeconds)).toEqual([
      11,
      undefined,
      900,
    ]);
    expect(sent.flatMap(entries).map(({ MessageBody }) => MessageBody)).toEqual(
      messages(3).map((message) => JSON.stringify(message)),
    );
  });

  it("says so when SQS refuses a delayed message again and again", async () => {
    const { queue } = newQueue(() => ({ Failed: [{ Id: "0", Message: "no" }] }));
    await expect(queue.sendLater({ ...MESSAGE, pop: "0" }, 1)).rejects.toThrow(TasksNotQueuedError);
  });

  it("keeps to what SQS takes, each message once, whatever their sizes", async () => {
    const sizes = fc.array(fc.oneof(fc.nat(300), fc.nat(60_000), fc.integer({ min: 240_000, max: 255_000 })), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async (list) => {
        const { queue, sent } = newQueue();
        const all = list.map((n, i): TaskMessage => ({ ...MESSAGE, pop: String(i), header: ["x".repeat(n)] }));
        await queue.send(all);
        expect(sent.flatMap(popsOf).toSorted()).toEqual(all.map(({ pop }) => pop).toSorted());
        for (const command of sent) {
          expect(entries(command).length).toBeLessThanOrEqual(10);
          expect(bytesOf(command)).toBeLessThanOrEqual(256_000);
          expect(new Set(entries(command).map(({ Id }) => Id)).size).toBe(entries(command).length);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("fills each batch, also those that follow one that large messages have filled", async () => {
    const { queue, sent } = newQueue();
    const large = messages(6).map((message) => ({ ...message, header: ["x".repeat(100_000)] }));
    await queue.send([...large, ...messages(30)]);
    expect(sent.map((command) => popsOf(command).length).toSorted((a, b) => b - a)).toEqual([10, 10, 10, 2, 2, 2]);
  });

  it("sends again what was refused of a batch: that, and no more", async () => {
    // The first time, the odd ones are refused; the second time, one of those.
    const refused = [["1", "3", "5"], ["0"], []];
    const { queue, sent } = newQueue((_, n) => ({ Failed: refused[n]?.map((Id) => ({ Id, Code: "Throttled" })) }));
    await queue.send(messages(6));
    expect(sent.map(popsOf)).toEqual([["0", "1", "2", "3", "4", "5"], ["1", "3", "5"], ["1"]]);
  });

  it("fails when SQS goes on refusing, with how many and why", async () => {
    const { queue, sent } = newQueue(() => ({ Failed: [{ Id: "0", Code: "InternalError", Message: "try later" }] }));
    const error = await queue.send(messages(3)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TasksNotQueuedError);
    expect(String(error)).toContain("1 task messages could not be queued: try later");
    expect(sent.map((command) => popsOf(command).length)).toEqual([3, 1, 1, 1, 1, 1, 1, 1]);
    // A pause before every one but the first.
    expect(Math.random).toHaveBeenCalledTimes(7);
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

it("the depth is what waits, what is delayed, and what is in flight", async () => {
  const attributes = {
    ApproximateNumberOfMessages: "5",
    ApproximateNumberOfMessagesDelayed: "2",
    ApproximateNumberOfMessagesNotVisible: "3",
  };
  expect(await newQueue(() => ({ Attributes: attributes })).queue.depth()).toEqual({
    available: 5,
    delayed: 2,
    inFlight: 3,
  });
  expect(await newQueue().queue.depth()).toEqual({ available: 0, delayed: 0, inFlight: 0 });
});

/** The queue before SQS as a server that gives these answers. */
async function servedQueue(answers: Answers) {
  const aws = await fakeAws(answers);
  return { aws, queue: new SqsTaskQueue(aws.sqs, QUEUE) };
}

const handles = (n: number) => Array.from({ length: n }, (_, i) => `r${i}`);

describe("receive", () => {
  it("asks for as many as there may be, and waits as long as it is told", async () => {
    const Messages = [{ MessageId: "m", ReceiptHandle: "r", Body: "{}" }];
    const { queue: q, aws } = await servedQueue({ ReceiveMessage: () => ({ Messages }) });
    expect(await q.receive(5)).toEqual([{ id: "m", receipt: "r", body: "{}", deliveries: 1 }]);
    expect(aws.asked("ReceiveMessage")).toEqual([
      {
        QueueUrl: QUEUE,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        MessageAttributeNames: ["reason"],
        WaitTimeSeconds: 5,
      },
    ]);
  });

  it("says of a dead letter why an agent put it there", async () => {
    const MessageAttributes = { reason: { DataType: "String", StringValue: "no host" } };
    const Messages = [{ MessageId: "m", ReceiptHandle: "r", Body: "{}", MessageAttributes }];
    const { queue: q } = await servedQueue({ ReceiveMessage: () => ({ Messages }) });
    expect(await q.receive(1)).toMatchObject([{ body: "{}", reason: "no host" }]);
  });

  it("of an empty queue is nothing", async () => {
    const { queue: q } = await servedQueue({ ReceiveMessage: () => ({}) });
    expect(await q.receive(5)).toEqual([]);
  });

  it("rejects with the error of SQS", async () => {
    const { queue: q } = await servedQueue({
      ReceiveMessage: () => {
        throw new Refusal("QueueDoesNotExist");
      },
    });
    await expect(q.receive(5)).rejects.toThrow("QueueDoesNotExist");
  });
});

describe("delete and hold", () => {
  const success = { Successful: [] };

  it("travel together, up to ten", async () => {
    const { queue: q, aws } = await servedQueue({
      DeleteMessageBatch: () => success,
      ChangeMessageVisibilityBatch: () => success,
    });
    await Promise.all([
      ...handles(12).map((handle) => q.delete(handle)),
      q.setVisibilityTimeout("a", 120),
      q.setVisibilityTimeout("b", 0),
    ]);
    const deletions = aws.asked("DeleteMessageBatch");
    expect(deletions.map(({ Entries = [] }) => Entries.length)).toEqual([10, 2]);
    expect(deletions.flatMap(({ Entries = [] }) => Entries.map((entry) => entry.ReceiptHandle))).toEqual(handles(12));
    for (const { QueueUrl, Entries = [] } of deletions) {
      expect(QueueUrl).toBe(QUEUE);
      expect(new Set(Entries.map(({ Id }) => Id)).size).toBe(Entries.length);
    }
    expect(aws.asked("ChangeMessageVisibilityBatch")).toEqual([
      {
        QueueUrl: QUEUE,
        Entries: [
          { Id: "0", ReceiptHandle: "a", VisibilityTimeout: 120 },
          { Id: "1", ReceiptHandle: "b", VisibilityTimeout: 0 },
        ],
      },
    ]);
  });

  it.each([
    { name: "delete", act: (q: SqsTaskQueue, handle: string) => q.delete(handle) },
    { name: "hold", act: (q: SqsTaskQueue, handle: string) => q.setVisibilityTimeout(handle, 120) },
  ])("an entry that SQS refuses is an error of that $name alone", async ({ act }) => {
    const Failed = [{ Id: "1", Code: "ReceiptHandleIsInvalid", Message: "expired", SenderFault: true }];
    const partly = () => ({ Successful: [], Failed });
    const { queue: q } = await servedQueue({ DeleteMessageBatch: partly, ChangeMessageVisibilityBatch: partly });
    const outcomes = await Promise.allSettled(handles(3).map((handle) => act(q, handle)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toEqual({ status: "rejected", reason: new QueueEntryError("ReceiptHandleIsInvalid: expired") });
  });
});
