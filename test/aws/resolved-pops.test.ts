import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { expect, it } from "vitest";
import { ProgressTable } from "../../aws/progress-table.ts";
import type { UnparseableItem } from "../../domain/log-fields.ts";
import { fakeClient, type Sent } from "./client.ts";

function table(answer: (command: Sent, n: number) => unknown) {
  const { client, sent } = fakeClient<DynamoDBDocument>(answer);
  const unreadable: UnparseableItem[] = [];
  return { sent, unreadable, pops: new ProgressTable(client, "progress", (it) => unreadable.push(it)) };
}

it("reads every page, and passes over what it cannot read", async () => {
  const pages = [
    {
      Items: [{ key: "pop#resolved", part: "SIN2-P1", at: 5, more: "of a newer version" }],
      LastEvaluatedKey: { part: "SIN2-P1" },
    },
    {
      Items: [
        { part: "FRA56-P4", at: 7 },
        { part: "ICN51-C1", at: "soon" },
        { part: "BOM51-C1", at: 1e300 },
      ],
    },
  ];
  const t = table((_, n) => pages[n]);
  expect([...(await t.pops.resolvedPops())]).toEqual([
    ["SIN2-P1", 5],
    ["FRA56-P4", 7],
  ]);
  expect(t.sent.map(({ input }) => [input.ExpressionAttributeValues, input.ExclusiveStartKey])).toEqual([
    [{ ":key": "pop#resolved" }, undefined],
    [{ ":key": "pop#resolved" }, { part: "SIN2-P1" }],
  ]);
  expect(t.unreadable.map(({ kind, key }) => [kind, key])).toEqual([
    ["resolved POP", "ICN51-C1"],
    ["resolved POP", "BOM51-C1"],
  ]);
});

it("writes an item a POP, in batches, which goes a year after the POP resolved", async () => {
  const t = table(() => ({}));
  const codes = Array.from({ length: 26 }, (_, i) => `SIN${i}-P1`);
  await t.pops.recordResolved(codes, 1_713_237_141_046);
  expect(t.sent.map(({ name, input }) => [name, input.RequestItems.progress.length])).toEqual([
    ["BatchWriteCommand", 25],
    ["BatchWriteCommand", 1],
  ]);
  expect(t.sent[1]?.input.RequestItems.progress[0]).toEqual({
    PutRequest: {
      Item: { key: "pop#resolved", part: "SIN25-P1", at: 1_713_237_141_046, expire_at: 1_713_237_141 + 366 * 86_400 },
    },
  });
});
