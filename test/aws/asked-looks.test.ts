import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { AskedLooks } from "../../aws/settlement-queue.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

const EXPIRES = 1_800_000_000;

function table(answer: (command: Sent) => unknown = () => ({})) {
  const { client, sent } = fakeClient<DynamoDBDocumentClient>(answer);
  return { sent, asked: new AskedLooks(client, "progress") };
}

describe("the right to ask", () => {
  it("has one at a time, and whoever has it; until it is too old, or from the future", async () => {
    const { sent, asked } = table();
    expect(await asked.mayAsk("r1", "me", 5_000, 1_000, EXPIRES)).toBe(true);
    expect(sent[0]?.input).toMatchObject({
      Item: { key: "ask#r1", part: "look", at: 5_000, by: "me", expire_at: EXPIRES },
      ConditionExpression: "attribute_not_exists(#at) OR #at < :old OR #at > :now OR #by = :by",
      ExpressionAttributeValues: { ":old": 4_000, ":now": 5_000, ":by": "me" },
    });
    const taken = table(() => Promise.reject(awsError("ConditionalCheckFailedException"))).asked;
    expect(await taken.mayAsk("r1", "me", 5_000, 1_000, EXPIRES)).toBe(false);
  });

  it("is given back with the answer", async () => {
    const { sent, asked } = table();
    await asked.answered("r1");
    expect(sent[0]).toMatchObject({ name: "DeleteCommand", input: { Key: { key: "ask#r1", part: "look" } } });
  });
});
