import type { AggregationDeps } from "../../../lambdas/aggregation/deps.ts";
import { createHandler, RequestCounters } from "../../../lambdas/aggregation/handler.ts";
import { fakeStores } from "../fakes/stores.ts";
import { count, request } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";
import { record } from "./records.ts";

const RUNNING = { status: "IN_PROGRESS", total_count: 3, total_size: 30 } as const;
const good = record({ bytes: 10 });
const bad = record({ ok: false });

function world(items = [request(RUNNING)], fault?: Fault) {
  const stores = fakeStores(...items);
  const noted = noteCalls<AggregationDeps>({ ...stores }, fault);
  const handler = createHandler(noted.deps);
  return {
    ...stores,
    ...noted,
    the: async (reqId = "r1") => (await stores.progress.count(reqId)).count,
    handle: (...Records: unknown[]) => handler({ Records }),
  };
}

describe("Aggregation", () => {
  afterEach(() => void vi.useRealTimers());

  it("adds a batch to the counters of the request and of its POPs, and leaves the request's item alone", async () => {
    const { handle, the, progress, requests, shutdown } = world();
    const failed = { ok: false, outcome: "not_kept", pop: "SIN2-P1" };
    await handle(record({ outcome: "warm", pop: "SIN2-P1" }), record(failed), record({ pop: "NOT-OURS" }));
    await handle(record({ outcome: "hit", pop: "FRA56-P4" }));
    expect(await the()).toEqual(count(4, 30, 1, { warm_count: 1, hit_count: 1, no_tier_count: 1, not_kept_count: 1 }));
    expect(await progress.pops("r1", request().pops)).toEqual(
      new Map([
        ["SIN2-P1", count(2, 10, 1, { warm_count: 1, not_kept_count: 1 })],
        ["FRA56-P4", count(1, 10, 0, { hit_count: 1 })],
      ]),
    );
    expect(requests.the()).toEqual(request(RUNNING));
    expect(shutdown.requests).toEqual(["r1"]);
  });

  it("counts a batch once, however often it is delivered", async () => {
    const { handle, the } = world([request({ ...RUNNING, total_count: 9 })]);
    for (let delivery = 0; delivery < 2; delivery++) await handle(good, bad);
    expect(await the()).toEqual(count(2, 10, 1));
  });

  it("stores when the newest result was written: the first of a request, then one every two seconds, none from before", async () => {
    const { handle, progress, times } = world();
    for (const at of [10, 11.999, 9, 12, 13]) await handle(record({}, undefined, { at }));
    expect((await progress.count("r1")).lastResultAt).toBe(12_000);
    expect(times("progress.putLastResultTime")).toBe(2);
  });

  it("keeps examples of what came uncompressed", async () => {
    const { handle, progress } = world();
    await handle(record({ uncompressed: true, url: "https://a.example/a.css", variant: "br" }), good);
    expect(await progress.of("r1")).toMatchObject({ uncompressed: ["https://a.example/a.css (br)"] });
  });

  it("counts failures by reason with their POPs, and keeps a few examples of each reason once", async () => {
    const { handle, progress, times } = world();
    const refused = { ok: false, reason: "http_4xx", url: "https://a.example/" };
    // One that is only taken back has no example, and leaves room for those that have.
    await handle(good, record({ pop: "SIN2-P1" }, { ...refused, pop: "SIN2-P1" }));
    expect(times("progress.putFailureExamples")).toBe(0);
    await handle(record({ ...refused, pop: "SIN2-P1" }), record({ ...refused, pop: "FRA56-P4" }));
    await handle(record({ ...refused, pop: "FRA56-P4" }), record({ ...refused, pop: "NOT-OURS" }));
    const examples = ["SIN2-P1", "FRA56-P4"].map((pop) => ({ url: "https://a.example/", pop }));
    expect(await progress.failures("r1")).toEqual([
      { code: "http_4xx", subject: "task", tasks: 3, pops: 2, urls: null, examples },
    ]);
    expect(times("progress.putFailureExamples")).toBe(1);
  });

  it("keeps what it writes of a request as long as that request", async () => {
    const { handle, progress } = world(
      [1_800_000_111, 1_900_000_222].map((expire_at, n) => request({ ...RUNNING, req_id: `r${n}`, expire_at })),
    );
    const failed = { ok: false, url: "https://a.example/" };
    await handle(record({ ...failed, req_id: "r0" }), record({ ...failed, req_id: "r1" }));
    const kept = (n: number) =>
      progress.all().flatMap(({ key, expire_at }) => (key.split("#")[1] === `r${n}` ? [expire_at] : []));
    expect([kept(0), kept(1)]).toEqual([1_800_000_111, 1_900_000_222].map((expireAt) => Array(4).fill(expireAt)));
  });

  it.each([
    ["more tasks have failed than are allowed", { total_count: 9, max_failures: 2 }, [bad, good, bad, good], bad],
    ["the first has failed, with none allowed", { max_failures: 0 }, [good], bad],
    ["the counters reach the total", {}, [good, bad], record({ bytes: 20 })],
    ["they step over it", { total_count: 2 }, [good], [bad, good]],
  ])("requests a settlement check when %s, not before", async (_, change, before, then) => {
    const { handle, shutdown } = world([request({ ...RUNNING, ...change })]);
    await handle(...before);
    expect(shutdown.requests).toEqual([]);
    await handle(...[then].flat());
    expect(shutdown.requests).toEqual(["r1"]);
  });

  it("requests one also after a batch without changes: the run before may have died between counting and requesting", async () => {
    const { handle, shutdown, progress, times } = world();
    progress.set("r1", { count: count(3, 30, 0) });
    await handle(record({}, {}));
    expect([times("progress.add"), shutdown.requests]).toEqual([0, ["r1"]]);
  });

  it("requests none while that of another batch is pending", async () => {
    const { handle, settlements, shutdown } = world();
    const last = [good, bad, record({})];
    await handle(...last);
    await handle(record({}, {}));
    expect(shutdown.requests).toEqual(["r1"]);
    // The same batch again: its run may have died before it invoked Shutdown.
    await handle(...last);
    expect(shutdown.requests).toEqual(["r1", "r1"]);
    await settlements.clear("r1");
    await handle(record({}, {}));
    expect(shutdown.requests).toEqual(["r1", "r1", "r1"]);
  });

  it("reads a request once, and again when it seems complete", async () => {
    const { handle, times } = world();
    await handle(good);
    await handle(bad);
    expect(times("requests.get")).toBe(1);
    await handle(record({}));
    expect(times("requests.get")).toBe(2);
  });

  it("keeps no more of a request's item from batch to batch than it uses: there may be secrets in its headers", () => {
    const { deps } = world();
    const { item } = new RequestCounters(deps.progress, request({ ...RUNNING, header: ["X-Key: secret"] }));
    expect(Object.keys(item)).toEqual(["req_id", "total_count", "expire_at", "max_failures"]);
  });

  it("counts nothing for a request that has ended, is gone or has no tasks yet, and the others their own", async () => {
    const { handle, the, progress, shutdown } = world([
      request({ ...RUNNING, active: undefined, status: "STOPPED" }),
      request({ ...RUNNING, req_id: "r2" }),
      request({ req_id: "r3" }),
    ]);
    await handle(good, ...["r2", "gone", "r3"].map((req_id) => record({ req_id })));
    expect(new Set(progress.all().map(({ key }) => key.split("#")[1]))).toEqual(new Set(["r2"]));
    expect(await the("r2")).toEqual(count(1, 10, 0));
    expect(shutdown.requests).toEqual([]);
  });

  it("asks nothing of a request that has ended since it was read", async () => {
    const { handle, requests, shutdown } = world();
    await handle(good);
    await requests.end("r1", "STOP");
    await handle(good, bad);
    expect(shutdown.requests).toEqual([]);
  });

  it("sends records that are no results to the dead-letter queue, reports them, and counts the rest", async () => {
    const { handle, the, buried, unreadable } = world();
    const spoilt = { eventID: "x", dynamodb: { Keys: { task_key: { S: "r1#0" }, pop_url: { S: "SIN2-P1#u" } } } };
    await handle(spoilt, {}, good);
    expect((await the()).download_count).toBe(1);
    expect(buried.map(([body]) => body)).toEqual([JSON.stringify(spoilt), "{}"]);
    expect(unreadable.map(({ kind, key }) => [kind, key])).toEqual([
      ["stream record", "r1#0 SIN2-P1#u"],
      ["stream record", ""],
    ]);
  });

  it("counts a batch when SQS does not take a record that is no result, and logs the error", async () => {
    const { handle, the, logger } = world(undefined, (call) => (call === "failedBatches.send" ? "before" : undefined));
    await handle(good, { eventID: "x" });
    expect(await the()).toEqual(count(1, 10, 0));
    expect(logger.warnings).toEqual([
      ["Moving a stream record to the dead-letter queue failed", expect.objectContaining({ error: expect.anything() })],
    ]);
  });

  it("logs what it has counted, and failures by reason", async () => {
    const { handle, logger } = world([request(RUNNING), request({ ...RUNNING, req_id: "r2" })]);
    const broken = { ok: false, reason: "connection" };
    await handle(
      record({ bytes: 10, transferred_bytes: 25 }),
      ...[broken, broken].map((it) => record(it)),
      record({ ms: 70 }, broken),
      record({ req_id: "r2", ms: 9 }),
    );
    const _aws = (Dimensions: string[][], ...names: string[]) => ({
      Timestamp: expect.closeTo(Date.now(), -4),
      CloudWatchMetrics: [
        { Namespace: "Prewarm/test", Dimensions, Metrics: names.map((Name) => expect.objectContaining({ Name })) },
      ],
    });
    const all = _aws([[]], "Tasks", "Bytes", "FailedTasks", "TaskDuration");
    expect(logger.infos).toEqual([
      ["Results counted", { req_id: "r1", Tasks: 3, Bytes: 25, FailedTasks: 1, TaskDuration: [5], _aws: all }],
      ["Tasks failed", { req_id: "r1", reason: "connection", FailedTasks: 1, _aws: _aws([["reason"]], "FailedTasks") }],
      ["Results counted", { req_id: "r2", Tasks: 1, Bytes: 0, FailedTasks: 0, TaskDuration: [9], _aws: all }],
    ]);
  });
});
