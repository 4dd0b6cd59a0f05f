import type { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it, vi } from "vitest";
import { SqsTaskQueue } from "../../../aws/task-queue.ts";
import { dropStaleMessages } from "../../../lambdas/shutdown/stale-messages.ts";
import { awsError, fakeClient, type Sent } from "../../aws/client.ts";

const TASK = {
  pop: "SIN2-P1",
  ips: ["192.0.2.1"],
  host: "d1.cloudfront.net",
  header: [],
  shards: 1,
  urls: [{ url: "https://a.example/", bytes: 1 }],
};
const QUEUE = "https://sqs.example/tasks";

function newQueue(answer: (command: Sent, n: number) => unknown) {
  const { client, sent } = fakeClient<SQSClient>(answer);
  return { queue: new SqsTaskQueue(client, QUEUE), sent };
}

describe("dropping", () => {
  const ended = (reqId: string) => Promise.resolve(reqId !== "new");
  const body = (req_id: string) => JSON.stringify({ ...TASK, req_id });

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

  it("deletes what belongs to ended requests, until nothing is left", async () => {
    const { queue, sent, deleted } = filled([...Array.from({ length: 95 }, () => body("r1")), body("r2")]);
    const hasEnded = vi.fn(ended);
    expect(await dropStaleMessages([queue], hasEnded, 60_000)).toEqual({ dropped: 96, othersFound: false });
    expect(new Set(deleted()).size).toBe(96);
    expect(new Set(hasEnded.mock.calls.flat())).toEqual(new Set(["r1", "r2"]));
    for (const { name, input } of sent) {
      expect(input.QueueUrl).toBe(QUEUE);
      if (name === "ReceiveMessageCommand")
        expect(input).toMatchObject({ MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
      else expect(input.Entries.length).toBeLessThanOrEqual(10);
    }
  });

  it.each(["{", '{"req_id": 1}'])("leaves what names no request, %s, to the agents, and goes on", async (other) => {
    const { queue, deleted, givenBack } = filled([other, ...Array.from({ length: 95 }, () => body("r1"))]);
    expect(await dropStaleMessages([queue], ended, 60_000)).toEqual({ dropped: 95, othersFound: false });
    expect(deleted()).not.toContain(`0 ${other}`);
    expect(givenBack()).toEqual([]);
  });

  it("deletes what names an ended request and is not a task", async () => {
    const notTask = JSON.stringify({ req_id: "r1", pop: "p" });
    const { queue, deleted, givenBack } = filled([notTask, body("r1")]);
    expect(await dropStaleMessages([queue], ended, 60_000)).toEqual({ dropped: 2, othersFound: false });
    expect(deleted()).toContain(`0 ${notTask}`);
    expect(givenBack()).toEqual([]);
  });

  it("makes visible again what names a request that goes on and is not a task", async () => {
    const notTask = JSON.stringify({ req_id: "new", pop: "p" });
    const { queue, deleted, givenBack } = filled([notTask]);
    expect(await dropStaleMessages([queue], ended, 60_000)).toEqual({ dropped: 0, othersFound: true });
    expect(givenBack()).toEqual([{ Id: "0", ReceiptHandle: `0 ${notTask}`, VisibilityTimeout: 0 }]);
    expect(deleted()).toEqual([]);
  });

  it("sends a message of a request that goes on anew, for it uses up a delivery of the old one, and ends there", async () => {
    const other = JSON.stringify({ ...TASK, req_id: "new" });
    const { queue, sent, deleted, givenBack, left } = filled([
      body("r1"),
      other,
      ...Array.from({ length: 200 }, () => body("r1")),
    ]);
    expect(await dropStaleMessages([queue], ended, 60_000)).toMatchObject({ othersFound: true });
    const sends = sent.filter(({ name }) => name === "SendMessageBatchCommand");
    const [{ MessageBody, ...entry }] = sends[0]?.input.Entries ?? [];
    expect([sends.length, entry]).toEqual([1, { Id: "0", MessageGroupId: "new" }]);
    expect(JSON.parse(MessageBody)).toEqual(JSON.parse(other));
    expect(deleted()).toContain(`1 ${other}`);
    expect(givenBack()).toEqual([]);
    // Nobody receives any more when it is sent: a receiver would only get it again.
    const lastReceive = sent.findLastIndex(({ name }) => name === "ReceiveMessageCommand");
    expect(sent.findIndex(({ name }) => name === "SendMessageBatchCommand")).toBeGreaterThan(lastReceive);
    // What the receivers had already is dropped, no more.
    expect(left.length).toBeGreaterThanOrEqual(200 - 160);
  });

  it("does not delete a message of a request that goes on if it cannot be sent anew", async () => {
    const other = JSON.stringify({ ...TASK, req_id: "new" });
    const left = [{ Body: other, ReceiptHandle: "receipt" }];
    const { queue, sent } = newQueue(({ name }) => {
      if (name === "SendMessageBatchCommand") throw awsError("AccessDenied");
      return name === "ReceiveMessageCommand" ? { Messages: left.splice(0, 10) } : {};
    });
    await dropStaleMessages([queue], ended, 60_000);
    const names = sent.map(({ name }) => name);
    expect(names).toContain("SendMessageBatchCommand");
    expect(names).not.toContain("DeleteMessageBatchCommand");
  });

  it("ends when its time is over", async () => {
    const { queue, sent } = newQueue(({ name }) =>
      name === "ReceiveMessageCommand" ? { Messages: [{ Body: body("r1"), ReceiptHandle: "r" }] } : {},
    );
    expect((await dropStaleMessages([queue], ended, 20)).dropped).toBeGreaterThan(0);
    expect(sent.at(-1)?.name).toBe("DeleteMessageBatchCommand");
  });

  it("fails with SQS", async () => {
    const { queue } = newQueue(() => Promise.reject(awsError("QueueDoesNotExist")));
    await expect(dropStaleMessages([queue], ended, 1_000)).rejects.toThrow("QueueDoesNotExist");
  });
});
