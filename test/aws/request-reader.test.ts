// aws/request-table.ts: what it asks of the indexes, and what it makes of the answers.
import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { RequestReader, RequestTable } from "../../aws/request-table.ts";
import type { UnparseableItem } from "../../domain/log-fields.ts";
import { request } from "../lambdas/items.ts";
import { awsError, fakeClient } from "./client.ts";

const LISTED_ITEM = { ...request({ req_id: "r1" }) };
const PLACE = { req_id: "r0", created_at: "2026-01-01T00:00:00.000Z" };

function reader(answer: object) {
  const { client, sent } = fakeClient<DynamoDBDocument>(() => answer);
  const unreadable: UnparseableItem[] = [];
  return { requests: new RequestReader(client, "requests", (it) => unreadable.push(it)), sent, unreadable };
}

/** The names and values that an expression uses, and those that come with it. */
function placeholders(input: Record<string, unknown>): { used: Set<string>; given: Set<string> } {
  const { KeyConditionExpression = "", FilterExpression = "" } = input;
  const { ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = input;
  return {
    used: new Set(`${KeyConditionExpression} ${FilterExpression}`.match(/[#:]\w+/g)),
    given: new Set([ExpressionAttributeNames, ExpressionAttributeValues].flatMap((it) => Object.keys(it as object))),
  };
}

describe("a page of requests", () => {
  it("begins with the newest request of any status, and says where it ended", async () => {
    const { requests, sent } = reader({ Items: [LISTED_ITEM], LastEvaluatedKey: { ...PLACE, listed: "y" } });
    const { requests: found, end } = await requests.page(20, undefined);
    expect(found.map(({ req_id }) => req_id)).toEqual(["r1"]);
    expect(end).toEqual(PLACE);
    expect(sent[0]?.input).toMatchObject({ ScanIndexForward: false, Limit: 20 });
    expect(sent[0]?.input).not.toHaveProperty("FilterExpression");
    expect(sent[0]?.input.ExclusiveStartKey).toBeUndefined();
  });

  it("begins behind a place, with requests of one status", async () => {
    const { requests, sent } = reader({ Items: [] });
    expect(await requests.page(20, PLACE, "FAILED")).toEqual({ requests: [], end: undefined });
    expect(sent[0]?.input.ExclusiveStartKey).toEqual({ ...PLACE, listed: "y" });
    expect(sent[0]?.input.ExpressionAttributeValues).toMatchObject({ ":status": "FAILED" });
  });

  it.each([undefined, "FAILED"] as const)("has each placeholder and none to spare, with status %s", async (status) => {
    const { requests, sent } = reader({});
    await requests.page(20, PLACE, status);
    const { used, given } = placeholders(sent[0]?.input);
    expect(used).toEqual(given);
  });

  it("reports an item that cannot be read, and shows the others", async () => {
    const { requests, unreadable } = reader({ Items: [{ req_id: "spoilt", listed: "y" }, LISTED_ITEM] });
    const { requests: found } = await requests.page(20, undefined);
    expect(found.map(({ req_id }) => req_id)).toEqual(["r1"]);
    expect(unreadable.length).toBe(1);
  });
});

describe("an id that DynamoDB refuses as a key", () => {
  it.each([
    ["empty", ""],
    ["over-long", "x".repeat(2_049)],
    ["with a blank", "r 1"],
    ["with a control character", "r\u0000"],
    ["with half a character", "r\ud800"],
  ])("is no request's: %s", async (_, reqId) => {
    const { client } = fakeClient<DynamoDBDocument>(() => {
      throw awsError("ValidationException");
    });
    const table = new RequestTable(client, "requests", unplanned, { invoke: unplanned });
    expect(await table.get(reqId)).toBeUndefined();
    expect(await table.getActive(reqId)).toBeUndefined();
    expect(await table.isActive(reqId)).toBe(false);
    expect(await table.end(reqId, "STOP")).toBe(false);
    expect(await table.close(reqId)).toBe(false);
  });
});

function unplanned(): never {
  throw new Error("unplanned");
}
