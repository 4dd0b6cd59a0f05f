// Many requests are put at the same moment: their transactions meet at the one item that has the permits.

import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { RequestTable } from "../../aws/request-table.ts";
import { times } from "../collect.ts";
import { request } from "../lambdas/items.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

useVirtualClock();

/** The longest that a transaction on items of a few kilobytes takes by the metrics of AWS, with some to spare. */
const TRANSACTION_MS = 100;
const MAX_ACTIVE = 50;

/** DynamoDB with one item: of transactions that overlap, all but the first are cancelled. */
function contended() {
  const holders = new Set<string>();
  let busyUntil = 0;
  const cancelled = (Code: string) =>
    awsError("TransactionCanceledException", { CancellationReasons: [{ Code: "None" }, { Code }] });
  const { client } = fakeClient<DynamoDBDocument>(async ({ name, input }: Sent) => {
    if (name === "GetCommand")
      return { Item: input.ProjectionExpression === undefined ? { holders } : { active: "y" } };
    if (holders.size >= MAX_ACTIVE) throw cancelled("ConditionalCheckFailed");
    if (Date.now() < busyUntil) throw cancelled("TransactionConflict");
    busyUntil = Date.now() + TRANSACTION_MS;
    holders.add(String(input.TransactItems[0].Put.Item.req_id));
    return {};
  });
  return { table: new RequestTable(client, "requests", () => undefined, { invoke: async () => undefined }), holders };
}

it("of 60 requests that are put at once, 50 take all permits, 10 find none left, and none fails or waits for 15 s", async () => {
  const { table, holders } = contended();
  const began = Date.now();
  const outcomes = await Promise.all(times(60, (n) => table.put(request({ req_id: `r${n}` }), MAX_ACTIVE)));
  expect(Date.now() - began).toBeLessThan(15_000);
  expect(holders.size).toBe(MAX_ACTIVE);
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  expect([count("PUT"), count("FULL"), count("BUSY")]).toEqual([MAX_ACTIVE, 10, 0]);
});

it("a request that finds no turn for as long as it may wait is BUSY, and nothing is thrown", async () => {
  const conflict = awsError("TransactionCanceledException", { CancellationReasons: [{ Code: "TransactionConflict" }] });
  const { client } = fakeClient<DynamoDBDocument>(() => Promise.reject(conflict));
  const began = Date.now();
  const table = new RequestTable(client, "requests", () => undefined, { invoke: async () => undefined });
  expect(await table.put(request(), MAX_ACTIVE)).toBe("BUSY");
  expect(Date.now() - began).toBeLessThan(60_000);
});
