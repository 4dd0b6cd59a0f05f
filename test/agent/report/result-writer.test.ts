import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Logger } from "pino";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ResultWriter } from "../../../agent/report/result-writer.ts";
import { RequestTaskTable } from "../../../aws/request-task-table.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { eventually } from "../../virtual-clock.ts";
import { type Answers, fakeAws, Refusal } from "../fake-aws.ts";

/** Pauses of what is tested, which are not waited out. */
const pauses = vi.hoisted((): number[] => []);
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<object>()),
  setTimeout: async (ms: number) => void pauses.push(ms),
}));

const result = (n: number, different: Partial<TaskResult> = {}): TaskResult => ({
  task_key: "r#0",
  pop_url: `p#${n}`,
  req_id: "r",
  pop: "p",
  url: `u${n}`,
  ok: true,
  bytes: 5,
  http_status: 200,
  ms: 7,
  attempts: 1,
  error: undefined,
  expire_at: 9,
  ...different,
});
const failure = (n: number) => result(n, { ok: false, error: "HTTP 503", http_status: 503 });

afterEach(() => {
  vi.restoreAllMocks();
  pauses.length = 0;
});

type Item = Record<string, AttributeValue>;
const itemsOf = ({ RequestItems = {} }: { RequestItems?: Record<string, unknown[]> | undefined }) =>
  (RequestItems["table"] ?? []) as { PutRequest: { Item: Item } }[];

/** A table that knows the one condition that results are put under. */
async function table(answers: Answers = {}) {
  const items = new Map<string, Item>();
  const put = (item: Item) => items.set(`${item["task_key"]?.S} ${item["pop_url"]?.S}`, item);
  const aws = await fakeAws({
    BatchWriteItem: (input) => {
      for (const { PutRequest } of itemsOf(input)) put(PutRequest.Item);
      return {};
    },
    PutItem: ({ TableName, Item = {}, ConditionExpression, ExpressionAttributeValues }) => {
      expect(TableName).toBe("table");
      expect(ConditionExpression).toBe("attribute_not_exists(pop_url) OR ok = :false");
      expect(ExpressionAttributeValues).toEqual({ ":false": { BOOL: false } });
      const there = items.get(`${Item["task_key"]?.S} ${Item["pop_url"]?.S}`);
      if (there?.["ok"]?.BOOL) throw new Refusal("ConditionalCheckFailedException");
      put(Item);
      return {};
    },
    ...answers,
  });
  const ok = (n: number) => items.get(`r#0 p#${n}`)?.["ok"]?.BOOL;
  const warned: string[] = [];
  const logger = { warn: (_: unknown, message?: string) => void warned.push(message ?? "") } as Logger;
  const unplanned = ({ key }: { key: string }) => {
    throw new Error(`${key} cannot be read`);
  };
  return {
    results: new ResultWriter(new RequestTaskTable(aws.db, "table", unplanned), logger),
    items,
    ok,
    aws,
    warned,
  };
}

test("a result is stored with all that it says, and nothing for what it does not", async () => {
  const { results, items } = await table();
  await results.write(result(1, { x_cache: "Hit", error: undefined }));
  expect([...items.values()]).toEqual([
    {
      task_key: { S: "r#0" },
      pop_url: { S: "p#1" },
      req_id: { S: "r" },
      pop: { S: "p" },
      url: { S: "u1" },
      ok: { BOOL: true },
      bytes: { N: "5" },
      http_status: { N: "200" },
      x_cache: { S: "Hit" },
      ms: { N: "7" },
      attempts: { N: "1" },
      expire_at: { N: "9" },
    },
  ]);
});

test("good ones travel together, up to 25", async () => {
  const { results, items, aws } = await table();
  await Promise.all(Array.from({ length: 60 }, (_, n) => results.write(result(n))));
  expect(aws.asked("BatchWriteItem").map((input) => itemsOf(input).length)).toEqual([25, 25, 10]);
  expect(items.size).toBe(60);
});

test("one task's results never share a call, which DynamoDB would refuse", async () => {
  const { results, aws } = await table();
  await Promise.all([results.write(result(1)), results.write(result(2)), results.write(result(1))]);
  expect(aws.asked("BatchWriteItem").map((input) => itemsOf(input).length)).toEqual([2, 1]);
});

describe("of two results of one task", () => {
  const cases: readonly [name: string, writes: readonly TaskResult[], ok: boolean][] = [
    ["a failure does not replace a good one", [result(1), failure(1)], true],
    ["a good one replaces a failure", [failure(1), result(1)], true],
    ["a failure replaces a failure", [failure(1), { ...failure(1), attempts: 2 }], false],
    ["a good one replaces a good one", [result(1), result(1)], true],
  ];

  test.each(cases)("%s", async (_name, writes, ok) => {
    const { results, ok: stands, items } = await table();
    for (const write of writes) await results.write(write);
    expect([stands(1), items.size]).toEqual([ok, 1]);
  });
});

describe("what DynamoDB does not take", () => {
  test("of a batch is sent again, and only that", async () => {
    let calls = 0;
    const { results, aws } = await table({
      BatchWriteItem: (input) => (++calls < 3 ? { UnprocessedItems: { table: itemsOf(input).slice(-calls) } } : {}),
    });
    await Promise.all([1, 2, 3].map((n) => results.write(result(n))));
    const sent = aws.asked("BatchWriteItem").map((input) => itemsOf(input).map((one) => one.PutRequest.Item["url"]?.S));
    expect(sent).toEqual([["u1", "u2", "u3"], ["u3"], ["u3"]]);
  });

  test("for as long as it takes is sent again, with pauses that grow and differ", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    let calls = 0;
    const busy = () => {
      if (++calls > 200) return {};
      // Each way in which DynamoDB says that it is too much.
      if (calls % 3 === 0) throw new Refusal("ProvisionedThroughputExceededException");
      if (calls % 3 === 1) throw new Refusal("ThrottlingException");
      throw new Refusal("InternalServerError", 500);
    };
    const { results, aws, warned } = await table({ BatchWriteItem: busy, PutItem: busy });
    await results.write(result(1));
    expect(aws.asked("BatchWriteItem")).toHaveLength(201);
    expect(warned).toEqual(["Writing results failed; retrying"]);
    expect(pauses.slice(0, 10)).toEqual([25, 50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(pauses).toHaveLength(200);
    calls = 0;
    await results.write(failure(2));
    expect(aws.asked("PutItem")).toHaveLength(201);
  });

  test("because it cannot be reached is sent again, too", async () => {
    const { results, aws } = await table();
    const send = vi.spyOn(aws.db, "send");
    send.mockRejectedValueOnce(Object.assign(new Error("reset"), { code: "ECONNRESET" }) as never);
    send.mockRejectedValueOnce(Object.assign(new Error("no name server"), { code: "EAI_AGAIN" }) as never);
    send.mockRejectedValueOnce(Object.assign(new Error("slow"), { name: "TimeoutError" }) as never);
    await results.write(result(1));
    expect(send).toHaveBeenCalledTimes(4);
  });

  test("but not because of a fault in the program", async () => {
    const { results, aws } = await table();
    const error = Object.assign(new TypeError("no such argument"), { code: "ERR_INVALID_ARG_TYPE" });
    vi.spyOn(aws.db, "send").mockRejectedValue(error as never);
    await expect(results.write(result(1))).rejects.toThrow("no such argument");
  });

  test.each([result(1), failure(1)])("until the agent has to end is an error then, ok: $ok", async (one) => {
    const busy = () => {
      throw new Refusal("ThrottlingException");
    };
    const { results, aws } = await table({ BatchWriteItem: busy, PutItem: busy });
    const written = results.write(one);
    const outcome = expect(written).rejects.toThrow("ThrottlingException");
    await eventually(() => aws.asked(one.ok ? "BatchWriteItem" : "PutItem").length).toBeGreaterThan(1);
    results.giveUp();
    await outcome;
  });

  test.each([result(1), failure(1)])("for another reason is an error, ok: $ok", async (one) => {
    const refuse = () => {
      throw new Refusal("ValidationException");
    };
    const { results } = await table({ BatchWriteItem: refuse, PutItem: refuse });
    await expect(results.write(one)).rejects.toThrow("ValidationException");
  });
});
