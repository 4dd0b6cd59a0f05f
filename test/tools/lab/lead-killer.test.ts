import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { Leads } from "../../../tools/lab/nemesis/lead-killer.ts";

const URLS = ["https://www.example.com/a", "https://www.example.com/b"];
const lead: TaskMessage = {
  req_id: "r1",
  pop: "SIN2-P1",
  ips: ["127.77.0.1"],
  host: "www.example.com",
  header: [],
  shards: 1,
  urls: URLS.map((url) => ({ url, bytes: 1 })),
  followers: [{ pop: "SIN3-P1", ips: ["127.77.0.2"] }],
};
const { followers: _, ...follower } = lead;
const RECEIVE = { operation: "ReceiveMessage", input: {} };
const received = (message: TaskMessage, ReceiptHandle: string, count = 1) => ({
  Messages: [{ ReceiptHandle, Body: JSON.stringify(message), Attributes: { ApproximateReceiveCount: String(count) } }],
});
const call = (operation: string, ...Entries: object[]) => ({ operation, input: { Entries } });
const wrote = (url = "") => ({
  operation: "BatchWriteItem",
  input: { RequestItems: { tasks: [{ PutRequest: { Item: { pop_url: { S: `SIN2-P1#${url}` } } } }] } },
});

it("knows the calls of a lead: the last of its results, its followers, and its deletion", () => {
  const leads = new Leads();
  expect(leads.note(RECEIVE, received(lead, "one"))).toBe(1);
  expect(leads.note(RECEIVE, received({ ...follower, pop: "SIN3-P1", follows: true }, "two", 4))).toBe(4);
  for (const [url, isLast] of [[URLS[0], false] as const, [URLS[1], true] as const]) {
    leads.note(wrote(url), {});
    expect(leads.isOf(wrote(url))).toBe(isLast);
  }
  const queued = call("SendMessageBatch", { MessageBody: JSON.stringify({ ...follower, follows: true }) });
  expect([queued, call("SendMessageBatch", { MessageBody: JSON.stringify(lead) })].map((it) => leads.isOf(it))).toEqual(
    [true, false],
  );
  const deleted = ["one", "two"].map((ReceiptHandle) => leads.isOf(call("DeleteMessageBatch", { ReceiptHandle })));
  expect(deleted).toEqual([true, false]);
});
