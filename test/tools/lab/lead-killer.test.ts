import { expect, it } from "vitest";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { HeldMessages } from "../../../tools/lab/nemesis/lead-killer.ts";

const lead: TaskMessage = {
  req_id: "r1",
  pop: "SIN2-P1",
  ips: ["127.77.0.1"],
  host: "www.example.com",
  header: [],
  shards: 1,
  urls: [
    { url: "https://www.example.com/a", bytes: 1 },
    { url: "https://www.example.com/b", bytes: 1 },
  ],
  followers: [{ pop: "SIN3-P1", ips: ["127.77.0.2"] }],
};
const received = (message: TaskMessage, receipt: string, count = 1) => ({
  call: { operation: "ReceiveMessage", input: {} },
  output: {
    Messages: [
      {
        ReceiptHandle: receipt,
        Body: JSON.stringify(message),
        Attributes: { ApproximateReceiveCount: String(count) },
      },
    ],
  },
});
const wrote = (...keys: string[]) => ({
  call: {
    operation: "BatchWriteItem",
    input: { RequestItems: { tasks: keys.map((S) => ({ PutRequest: { Item: { pop_url: { S } } } })) } },
  },
  output: {},
});
const deleted = (receipt: string) => ({
  call: { operation: "DeleteMessageBatch", input: { Entries: [{ ReceiptHandle: receipt }] } },
  output: {},
});
const note = (held: HeldMessages, { call, output }: { call: { operation: string; input: unknown }; output: unknown }) =>
  held.note(call, output);

const one = [{ ReceiptHandle: "one", MessageBody: "{}" }];

it("a lead is done once all its results are written, and nothing of it is under way then", () => {
  const held = new HeldMessages();
  note(held, received(lead, "one", 2));
  expect([held.underWay, held.hasDoneLead, held.mostDeliveries]).toEqual([2, false, 2]);
  note(held, wrote("SIN2-P1#https://www.example.com/a"));
  expect([held.underWay, held.hasDoneLead]).toEqual([1, false]);
  note(held, wrote("SIN2-P1#https://www.example.com/b"));
  expect([held.underWay, held.hasDoneLead]).toEqual([0, true]);
  expect(held.hasLeadOf(one)).toBe(true);
  note(held, deleted("one"));
  expect([held.hasDoneLead, held.hasLeadOf(one), held.mostDeliveries]).toEqual([false, false, 0]);
});

it("what follows does not reach the origin", () => {
  const held = new HeldMessages();
  const { followers: _followers, ...rest } = lead;
  note(held, received({ ...rest, follows: true }, "two"));
  expect([held.underWay, held.hasDoneLead]).toEqual([0, false]);
});

it("a dead agent holds nothing", () => {
  const held = new HeldMessages();
  note(held, received(lead, "one"));
  held.forget();
  expect([held.underWay, held.mostDeliveries]).toEqual([0, 0]);
});
