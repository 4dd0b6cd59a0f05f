import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { isConditionFailure, withConflictRetry } from "../../aws/conditional-writes.ts";
import { fromAttributes, putItems, queryItems, toAttributes } from "../../aws/dynamodb.ts";
import { collect, times } from "../collect.ts";
import { result } from "../lambdas/items.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { awsError, fakeClient } from "./client.ts";

useVirtualClock();

it("an item comes back as it went", () => {
  const item = result("SIN2-P1", "https://a.example/", { ok: false, error: "HTTP 403", http_status: 403 });
  expect(fromAttributes(toAttributes(item))).toEqual(item);
  expect(toAttributes({ ...item, error: undefined })).not.toHaveProperty("error");
  expect(fromAttributes({ ...toAttributes(item), newer: { L: [] } })).toEqual(item);
});

type Puts = { readonly PutRequest: { readonly Item: { readonly id: number } } }[];
const items = (n: number) => times(n, (id) => ({ id }));

/** A table that leaves some of each batch unprocessed. */
function table(left: (batch: Puts) => Puts = () => []) {
  const { client, sent } = fakeClient<DynamoDBDocument>(({ input }) => ({
    UnprocessedItems: { table: left(input.RequestItems.table) },
  }));
  const batches = () => sent.map(({ input }): Puts => input.RequestItems.table);
  return {
    put: (n: number) => putItems(client, "table", items(n)),
    batches,
    sizes: () => batches().map((it) => it.length),
  };
}

it("a batch of puts has 25 items, in order; none for nothing", async () => {
  const { put, batches, sizes } = table();
  await put(60);
  expect(sizes()).toEqual([25, 25, 10]);
  expect(batches().flatMap((batch) => batch.map(({ PutRequest }) => PutRequest.Item))).toEqual(items(60));
  await put(0);
  expect(batches()).toHaveLength(3);
});

it("a batch of puts is written again as far as it was left unprocessed: that, and no more", async () => {
  const { put, sizes } = table((batch) => batch.slice(0, Math.floor(batch.length / 2)));
  await put(30);
  expect(sizes()).toEqual([25, 12, 6, 3, 1, 5, 2, 1]);
});

it("a batch of puts fails when something stays unprocessed", async () => {
  const random = vi.spyOn(Math, "random");
  const { put, batches } = table((batch) => batch.slice(0, 2));
  await expect(put(30)).rejects.toThrow("2 items for table stayed unprocessed 10 times");
  expect(batches()).toHaveLength(10);
  // A pause before every one but the first.
  expect(random).toHaveBeenCalledTimes(9);
  random.mockRestore();
});

it("a query asks for each page from where the page before it ended, until none follows", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }), async (sizes) => {
      const starts: unknown[] = [];
      const pages = sizes.map((size, page) => times(size, (i) => ({ id: `${page} ${i}` })));
      const { client } = fakeClient<DynamoDBDocument>(({ input }, page) => {
        starts.push(input.ExclusiveStartKey);
        return { Items: pages[page], LastEvaluatedKey: page + 1 < sizes.length ? { end: page } : undefined };
      });
      expect(await collect(queryItems(client, { TableName: "table" }))).toEqual(pages.flat());
      expect(starts).toEqual(sizes.map((_, page) => (page === 0 ? undefined : { end: page - 1 })));
    }),
  );
});

/** A cancelled transaction, with the reasons of its parts. */
const cancelled = (...codes: (string | undefined)[]) =>
  awsError("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code })) });

it.each([
  [true, awsError("ConditionalCheckFailedException")],
  [true, cancelled("TransactionConflict", "ConditionalCheckFailed")],
  [false, cancelled("TransactionConflict")],
  [false, cancelled("None", undefined)],
  [false, awsError("ThrottlingException")],
  [false, new Error("ConditionalCheckFailed")],
  [false, undefined],
])("a condition that does not hold %s: %s", (is, error) => {
  expect(isConditionFailure(error)).toBe(is);
});

const failing = (times: number, error: unknown) => {
  let n = 0;
  return vi.fn(async () => {
    if (n++ < times) throw error;
    return "written";
  });
};

it.each([cancelled("TransactionConflict"), awsError("TransactionConflictException")])(
  "a write in the way of another is tried again: %s",
  async (error) => {
    const transact = failing(9, error);
    expect(await withConflictRetry(transact)).toBe("written");
    expect(transact).toHaveBeenCalledTimes(10);
  },
);

it("a write in the way of another is given up after ten times", async () => {
  const error = cancelled("TransactionConflict");
  const transact = failing(10, error);
  await expect(withConflictRetry(transact)).rejects.toBe(error);
  expect(transact).toHaveBeenCalledTimes(10);
});

it.each([
  cancelled("ConditionalCheckFailed"),
  cancelled("TransactionConflict", "ConditionalCheckFailed"),
  awsError("ConditionalCheckFailedException"),
  awsError("ThrottlingException"),
  "no error at all",
])("a write in the way of another is not tried again where that mends nothing: %s", async (error) => {
  const transact = failing(1, error);
  await expect(withConflictRetry(transact)).rejects.toBe(error);
  expect(transact).toHaveBeenCalledTimes(1);
});
