import { describe, expect, it } from "vitest";
import { ModelQueue } from "../../../tools/large/model/model-queue.ts";
import { ModelRequest } from "../../../tools/large/model/model-request.ts";
import { ModelTable } from "../../../tools/large/model/model-table.ts";
import { runModel } from "../../../tools/large/model/run-model.ts";
import { modelRows } from "../../../tools/large/model.ts";

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
    const table = new ModelTable();
    const both = [update("count#r", "3", { download_count: 10 }), update("pops#r#0", "3", { c0: 10 })];
    table.transact({ TransactItems: both.map((Update) => ({ Update })) });
    table.update(update("count#r", "3", { download_count: 5 }));
    expect(table.state()).toEqual({ units: 5, busiest: "count#r", most: 3, counted: 15 });
    expect(table.query("pops#r#0")).toMatchObject({ Items: [{ c0: { N: "10" }, expire_at: { N: "1900000000" } }] });
  });

  it("make up every result once, shard by shard, without those that are missing", () => {
    const request = new ModelRequest({ urls: 30, pops: 10, missingEvery: 10, messages: 0, status: "IN_PROGRESS" });
    const page = JSON.stringify(request.resultPage("r#0", 0));
    expect(page.match(/"pop_url"/g)).toHaveLength(270);
    expect(page).not.toContain("LastEvaluatedKey");
  });

  it("give out each message once", () => {
    const queue = new ModelQueue(12, "r");
    expect(queue.receive()).toHaveProperty("Messages.length", 10);
    queue.delete({ Entries: [{ Id: "0" }, { Id: "1" }] });
    expect(queue.left).toBe(10);
    expect(queue.receive()).toHaveProperty("Messages.length", 2);
    expect(queue.receive()).toEqual({ Messages: [] });
  });
});

describe("the model, small", () => {
  it("counts, recounts, gives up and drops messages", async () => {
    const counters = await runModel({ worker: "model-aggregation", urls: 10, pops: 400 });
    const recount = await runModel({ worker: "model-shutdown", urls: 20, pops: 50, until: "FINISHED" });
    const small = { urls: 20, pops: 50, missingEvery: 10, until: "FINISHED" };
    const givenUp = await runModel({ worker: "model-shutdown", ...small });
    expect(counters.counted).toBe(4_000);
    expect(recount).toMatchObject({ status: "FINISHED", downloadCount: 1_000, failedCount: 10 });
    // A tenth without a result, and of the rest one in a hundred.
    expect(givenUp).toMatchObject({ status: "FINISHED", downloadCount: 1_000, failedCount: 110, runs: 1 });
    const runs = { tasks: 4_000, counters, recounts: [], givenUp: { ...givenUp, downloadCount: 4_000 }, messages: 0 };
    const stopped = { ...givenUp, closed: true };
    expect(modelRows({ ...runs, stopped }).map(({ wrong }) => wrong)).toEqual([0, 0, 0]);
    const hot = { ...counters, most: 200_000, units: 4_000 };
    expect(modelRows({ ...runs, counters: hot, stopped })[0]?.wrong).toBe(2);
  }, 60_000);
});
