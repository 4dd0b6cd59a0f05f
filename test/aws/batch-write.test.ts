import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { expect, it, vi } from "vitest";
import { putItems } from "../../aws/dynamodb.ts";
import { fakeClient } from "./client.ts";

const items = (n: number) => Array.from({ length: n }, (_, id) => ({ id }));
type Puts = { readonly PutRequest: { readonly Item: { readonly id: number } } }[];

/** A table that leaves some of each batch unprocessed. */
function table(left: (batch: Puts) => Puts = () => []) {
  const { client, sent } = fakeClient<DynamoDBDocument>(({ input }) => ({
    UnprocessedItems: { table: left(input.RequestItems.table) },
  }));
  const batches = () => sent.map(({ input }) => input.RequestItems.table as Puts);
  return { client, batches };
}

// Pauses between attempts are not waited out.
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<object>()),
  setTimeout: async () => undefined,
}));

it("writes in batches of 25, in order; nothing for nothing", async () => {
  const { client, batches } = table();
  await putItems(client, "table", items(60));
  expect(batches().map((batch) => batch.length)).toEqual([25, 25, 10]);
  expect(batches().flatMap((batch) => batch.map(({ PutRequest }) => PutRequest.Item))).toEqual(items(60));
  await putItems(client, "table", []);
  expect(batches()).toHaveLength(3);
});

it("writes again what was left unprocessed: that, and no more", async () => {
  const { client, batches } = table((batch) => batch.slice(0, Math.floor(batch.length / 2)));
  await putItems(client, "table", items(30));
  expect(batches().map((batch) => batch.length)).toEqual([25, 12, 6, 3, 1, 5, 2, 1]);
});

it("fails when something stays unprocessed", async () => {
  const random = vi.spyOn(Math, "random");
  const { client, batches } = table((batch) => batch.slice(0, 2));
  await expect(putItems(client, "table", items(30))).rejects.toThrow("2 items for table stayed unprocessed 10 times");
  expect(batches()).toHaveLength(10);
  // A pause before every one but the first.
  expect(random).toHaveBeenCalledTimes(9);
  random.mockRestore();
});
