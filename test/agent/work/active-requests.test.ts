import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ActiveRequests } from "../../../agent/work/active-requests.ts";
import { type Answers, fakeAws, Refusal } from "../fake-aws.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function requests(answers: Answers) {
  const aws = await fakeAws(answers);
  return { aws, requests: new ActiveRequests(aws.db, "requests") };
}

describe("isActive", () => {
  test.each([
    { name: "one that is", item: { active: { S: "y" } }, active: true },
    { name: "one that has ended", item: {}, active: false },
    { name: "one that is not there", item: undefined, active: false },
  ])("$name", async ({ item, active }) => {
    const { requests: r, aws } = await requests({ GetItem: () => (item === undefined ? {} : { Item: item }) });
    expect(await r.isActive("q")).toBe(active);
    expect(aws.asked("GetItem")).toEqual([
      { TableName: "requests", Key: { req_id: { S: "q" } }, ProjectionExpression: "active", ConsistentRead: true },
    ]);
  });

  test("an answer is believed for three seconds, and each request's is its own", async () => {
    let Item: { active?: { S: string } } = { active: { S: "y" } };
    const { requests: r, aws } = await requests({ GetItem: () => ({ Item }) });
    expect(await Promise.all([r.isActive("a"), r.isActive("a"), r.isActive("b")])).toEqual([true, true, true]);
    expect(aws.asked("GetItem")).toHaveLength(2);
    Item = {};
    vi.advanceTimersByTime(2_999);
    expect(await r.isActive("a")).toBe(true);
    vi.advanceTimersByTime(1);
    expect(await r.isActive("a")).toBe(false);
    expect(aws.asked("GetItem")).toHaveLength(3);
  });

  test("a look-up that failed is not believed", async () => {
    let calls = 0;
    const { requests: r } = await requests({
      GetItem: () => {
        if (calls++ === 0) throw new Refusal("ValidationException");
        return { Item: { active: { S: "y" } } };
      },
    });
    await expect(r.isActive("q")).rejects.toThrow("ValidationException");
    expect(await r.isActive("q")).toBe(true);
  });
});

test("list gives the active ones, as the index has them", async () => {
  const item = {
    req_id: { S: "q" },
    status: { S: "IN_PROGRESS" },
    last_update_time: { S: "2024-04-16 03:12:21.046000" },
    timeout_at: { S: "2024-04-16 03:17:21.046000" },
  };
  const { requests: r, aws } = await requests({ Query: () => ({ Items: [item] }) });
  expect(await r.list()).toEqual([
    {
      ...{ reqId: "q", status: "IN_PROGRESS" },
      ...{ lastUpdate: new Date("2024-04-16T03:12:21.046Z"), timeoutAt: new Date("2024-04-16T03:17:21.046Z") },
    },
  ]);
  expect(aws.asked("Query")).toMatchObject([{ TableName: "requests", IndexName: "active" }]);
});

describe("askToSettle", () => {
  test("asks for it only where it is active and not asked for already, or long ago in vain", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_700_000_000_500 });
    const { requests: r, aws } = await requests({ UpdateItem: () => ({}) });
    await r.askToSettle("q");
    expect(aws.asked("UpdateItem")).toEqual([
      {
        TableName: "requests",
        Key: { req_id: { S: "q" } },
        UpdateExpression: "SET settle = :due, settle_at = :now",
        ConditionExpression: "attribute_exists(active) AND (attribute_not_exists(settle) OR settle_at < :old)",
        ExpressionAttributeValues: { ":due": { S: "DUE" }, ":now": { N: "1700000000" }, ":old": { N: "1699998800" } },
      },
    ]);
  });

  test.each([
    { type: "ConditionalCheckFailedException", fails: false },
    { type: "ValidationException", fails: true },
  ])("$type is an error: $fails", async ({ type, fails }) => {
    const { requests: r } = await requests({
      UpdateItem: () => {
        throw new Refusal(type);
      },
    });
    const asked = r.askToSettle("q").then(
      () => false,
      () => true,
    );
    expect(await asked).toBe(fails);
  });
});
