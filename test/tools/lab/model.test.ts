import { describe, expect, it } from "vitest";
import type { CheckRow } from "../../../tools/lab/engine/scenario.ts";
import { CounterTable } from "../../../tools/lab/model/counter-table.ts";
import { ModelRequest } from "../../../tools/lab/model/model-request.ts";
import { type ModelSeen, runModel } from "../../../tools/lab/model/run-model.ts";
import { isWrong } from "../../../tools/lab/run.ts";
import { countedRow, recountRow, stoppedRow } from "../../../tools/lab/scenarios/model.ts";
import { FakeQueue } from "../../../tools/local/fake-aws.ts";

const update = (key: string, part: string, counters: Record<string, number>) => ({
  Key: { key: { S: key }, part: { S: part } },
  UpdateExpression: `SET expire_at = :expire ADD ${Object.keys(counters)
    .map((_, i) => `#c${i} :c${i}`)
    .join(", ")}`,
  ExpressionAttributeNames: Object.fromEntries(Object.keys(counters).map((name, i) => [`#c${i}`, name])),
  ExpressionAttributeValues: {
    ":expire": { N: "1900000000" },
    ...Object.fromEntries(Object.values(counters).map((by, i) => [`:c${i}`, { N: String(by) }])),
  },
});

describe("the model's tables", () => {
  it("add up counters, and count write units: twice in a transaction", () => {
    const table = new CounterTable();
    const both = [update("count#r", "3", { download_count: 10 }), update("pops#r#0", "3", { c0: 10 })];
    for (const one of both) table.update(one, true);
    table.update(update("count#r", "3", { download_count: 5 }), false);
    expect(table.state()).toEqual({ units: 5, most: 3, counted: 15 });
    expect(table.query("pops#r#0")).toMatchObject({ Items: [{ c0: { N: "10" }, expire_at: { N: "1900000000" } }] });
  });

  it("make up every result once, shard by shard, without those that are missing", () => {
    const request = new ModelRequest({ urls: 30, pops: 10, missingEvery: 10, status: "IN_PROGRESS" });
    const page = JSON.stringify(request.results.query?.("r#0", {}));
    expect(page.match(/"pop_url"/g)).toHaveLength(270);
    expect(page).not.toContain("LastEvaluatedKey");
  });

  it("give out each message once", async () => {
    const queue = new FakeQueue(12, () => "{}");
    const ten = { MaxNumberOfMessages: 10 };
    expect(queue.receive(ten)).toHaveProperty("Messages.length", 10);
    queue.delete(2);
    expect(queue.left).toBe(10);
    expect(queue.receive(ten)).toHaveProperty("Messages.length", 2);
    expect(await queue.receive(ten)).toEqual({});
  });
});

describe("the model, small", () => {
  it("counts, recounts, gives up and drops messages", async () => {
    const counted = await runModel({ function: "aggregation", urls: 10, pops: 400 });
    const recount = await runModel({ function: "shutdown", urls: 20, pops: 50, until: "FINISHED" });
    const small = { urls: 20, pops: 50, missingEvery: 10, until: "FINISHED" } as const;
    const givenUp = await runModel({ function: "shutdown", ...small });
    expect(counted.counted).toBe(4_000);
    expect(recount).toMatchObject({ status: "FINISHED", downloadCount: 1_000, failedCount: 10 });
    // A tenth without a result, and of the rest one in a hundred.
    expect(givenUp).toMatchObject({ status: "FINISHED", downloadCount: 1_000, failedCount: 110, runs: 1 });
    expect([countedRow(4_000, counted), recountRow("it", 1_000, givenUp)].map(isWrong)).toEqual([false, false]);
  }, 60_000);

  const good: ModelSeen = {
    runs: 1,
    longestRunSeconds: 10,
    seconds: 10,
    cpuSeconds: 1,
    peakMB: 200,
    status: "FINISHED",
    closed: true,
    downloadCount: 1_000,
    failedCount: 0,
    units: 100,
    most: 10,
    counted: 1_000,
    left: 0,
    objects: 1_000,
  };
  it.each<[string, (seen: ModelSeen) => CheckRow, Partial<ModelSeen>]>([
    ["results that are not counted", (seen) => countedRow(1_000, seen), { counted: 999 }],
    ["counters that cost much", (seen) => countedRow(1_000, seen), { units: 200 }],
    ["a hot key", (seen) => countedRow(1_000, seen), { most: 50 }],
    ["a batch that takes too much memory", (seen) => countedRow(1_000, seen), { peakMB: 1_100 }],
    ["a recount that does not end", (seen) => recountRow("it", 1_000, seen), { status: "IN_PROGRESS" }],
    ["a recount that misses a task", (seen) => recountRow("it", 1_000, seen), { downloadCount: 999 }],
    ["a recount that takes too much memory", (seen) => recountRow("it", 1_000, seen), { peakMB: 1_100 }],
    ["a run that takes too long", (seen) => recountRow("it", 1_000, seen), { longestRunSeconds: 901 }],
    ["a request that stays open", (seen) => stoppedRow(10, seen), { closed: false }],
    ["messages that stay", (seen) => stoppedRow(10, seen), { left: 1 }],
    ["a stop that takes too long", (seen) => stoppedRow(10, seen), { seconds: 601 }],
  ])("%s: found", (_, rowOf, changes) => {
    expect(isWrong(rowOf(good))).toBe(false);
    expect(isWrong(rowOf({ ...good, ...changes }))).toBe(true);
  });
});
