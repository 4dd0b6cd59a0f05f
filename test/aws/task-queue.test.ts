import type { SQSClient } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { TaskQueue, TasksNotQueuedError } from "../../aws/task-queue.ts";
import type { TaskMessage } from "../../domain/plan/task-message.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

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
  return { queue: new TaskQueue(client, QUEUE), sent };
}

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  return () => vi.restoreAllMocks();
});

describe("sending", () => {
  it("goes in full batches of ten, each message as it is; nothing for nothing", async () => {
    const { queue, sent } = newQueue();
    await queue.send(messages(25));
    expect(sent.map((command) => popsOf(command).length)).toEqual([10, 10, 5]);
    expect(new Set(sent.map(({ name, input }) => [name, input.QueueUrl].join()))).toEqual(
      new Set([`SendMessageBatchCommand,${QUEUE}`]),
    );
    expect(sent.flatMap(entries).map(({ MessageBody }) => JSON.parse(MessageBody))).toEqual(messages(25));
    await queue.send([]);
    expect(sent).toHaveLength(3);
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

it("the depth is what waits, delayed or not, and what is in flight", async () => {
  const attributes = {
    ApproximateNumberOfMessages: "5",
    ApproximateNumberOfMessagesDelayed: "2",
    ApproximateNumberOfMessagesNotVisible: "3",
  };
  expect(await newQueue(() => ({ Attributes: attributes })).queue.depth()).toEqual({ available: 7, inFlight: 3 });
  expect(await newQueue().queue.depth()).toEqual({ available: 0, inFlight: 0 });
});

describe("dropping", () => {
  const ended = (reqId: string) => Promise.resolve(reqId !== "new");
  const body = (req_id: string) => JSON.stringify({ ...MESSAGE, req_id, pop: "p" });

  /** A queue with these bodies in it, which can be received once. */
  function filled(bodies: readonly string[]) {
    const left = bodies.map((Body, i) => ({ Body, ReceiptHandle: `${i} ${Body}` }));
    const { queue, sent } = newQueue(({ name }) =>
      name === "ReceiveMessageCommand" ? { Messages: left.splice(0, 10) } : {},
    );
    const receipts = (name: string) =>
      sent
        .filter((command) => command.name === name)
        .flatMap(({ input }) => input.Entries as { ReceiptHandle: string; VisibilityTimeout?: number }[]);
    return {
      queue,
      sent,
      left,
      deleted: () => receipts("DeleteMessageBatchCommand").map(({ ReceiptHandle }) => ReceiptHandle),
      givenBack: () => receipts("ChangeMessageVisibilityBatchCommand"),
    };
  }

  it("deletes what belongs to ended requests, asked for once each, until nothing is left", async () => {
    const { queue, sent, deleted } = filled([...Array.from({ length: 95 }, () => body("r1")), body("r2")]);
    const hasEnded = vi.fn(ended);
    expect(await queue.drop(hasEnded, 60_000)).toEqual({ dropped: 96, othersFound: false });
    expect(new Set(deleted()).size).toBe(96);
    expect(hasEnded.mock.calls.flat()).toEqual(["r1", "r2"]);
    for (const { name, input } of sent) {
      expect(input.QueueUrl).toBe(QUEUE);
      if (name === "ReceiveMessageCommand")
        expect(input).toMatchObject({ MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
      else expect(input.Entries.length).toBeLessThanOrEqual(10);
    }
  });

  it.each(["{", '{"req_id": 1}'])("leaves what is no task, %s, to the agents, and goes on", async (other) => {
    const { queue, deleted, givenBack } = filled([other, ...Array.from({ length: 95 }, () => body("r1"))]);
    expect(await queue.drop(ended, 60_000)).toEqual({ dropped: 95, othersFound: false });
    expect(deleted()).not.toContain(`0 ${other}`);
    expect(givenBack()).toEqual([]);
  });

  it("gives a message of a request that goes on back at once, and ends there", async () => {
    const other = body("new");
    const { queue, deleted, givenBack, left } = filled([
      body("r1"),
      other,
      ...Array.from({ length: 200 }, () => body("r1")),
    ]);
    expect(await queue.drop(ended, 60_000)).toMatchObject({ othersFound: true });
    expect(givenBack()).toEqual([{ Id: "0", ReceiptHandle: `1 ${other}`, VisibilityTimeout: 0 }]);
    expect(deleted()).not.toContain(`1 ${other}`);
    // What the receivers had already is dropped, no more.
    expect(left.length).toBeGreaterThanOrEqual(200 - 160);
  });

  it("ends when its time is over", async () => {
    const { queue, sent } = newQueue(({ name }) =>
      name === "ReceiveMessageCommand" ? { Messages: [{ Body: body("r1"), ReceiptHandle: "r" }] } : {},
    );
    expect((await queue.drop(ended, 20)).dropped).toBeGreaterThan(0);
    expect(sent.at(-1)?.name).toBe("DeleteMessageBatchCommand");
  });

  it("fails with SQS", async () => {
    const { queue } = newQueue(() => Promise.reject(awsError("QueueDoesNotExist")));
    await expect(queue.drop(ended, 1_000)).rejects.toThrow("QueueDoesNotExist");
  });
});
