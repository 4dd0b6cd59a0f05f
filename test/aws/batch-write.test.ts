import { expect, it, vi } from "vitest";
import { writeBatches } from "../../aws/dynamodb.ts";

type Send = Parameters<typeof writeBatches>[1];
type Batch = Parameters<Send>[0];

const items = (n: number): Batch => Array.from({ length: n }, (_, id) => ({ PutRequest: { Item: { id } } }));
const ids = (batch: Batch) => batch.map(({ PutRequest }) => PutRequest?.Item?.["id"] as number);
const answer = (left?: Batch) => ({
  $metadata: {},
  ...(left === undefined ? {} : { UnprocessedItems: { table: left } }),
});

// Pauses between attempts are not waited out.
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<object>()),
  setTimeout: async () => undefined,
}));

it("writes in batches of 25, in order; nothing for nothing", async () => {
  const send = vi.fn<Send>(async () => answer());
  await writeBatches(items(60), send, "table");
  expect(send.mock.calls.map(([batch]) => batch.length)).toEqual([25, 25, 10]);
  expect(send.mock.calls.flatMap(([batch]) => ids(batch))).toEqual(ids(items(60)));
  await writeBatches([], send, "table");
  expect(send).toHaveBeenCalledTimes(3);
});

it("writes again what was left unprocessed: that, and no more", async () => {
  const send = vi.fn<Send>(async (batch) => answer(batch.slice(0, Math.floor(batch.length / 2))));
  await writeBatches(items(30), send, "table");
  expect(send.mock.calls.map(([batch]) => batch.length)).toEqual([25, 12, 6, 3, 1, 5, 2, 1]);
});

it("fails when something stays unprocessed", async () => {
  const random = vi.spyOn(Math, "random");
  const send = vi.fn<Send>(async (batch) => answer(batch.slice(0, 2)));
  await expect(writeBatches(items(30), send, "table")).rejects.toThrow("2 items for table stayed unprocessed 10 times");
  expect(send).toHaveBeenCalledTimes(10);
  // A pause before every one but the first.
  expect(random).toHaveBeenCalledTimes(9);
  random.mockRestore();
});
