import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it, vi } from "vitest";
import { RequestReader } from "../../../aws/request-table.ts";
import type { UnparseableItem } from "../../../domain/log-fields.ts";
import type { AggregationDeps } from "../../../lambdas/aggregation/deps.ts";
import { createHandler } from "../../../lambdas/aggregation/handler.ts";
import { awsError, fakeClient } from "../../aws/client.ts";
import { fakeDeps } from "../fake-deps.ts";
import { FakeAsyncFunction } from "../fakes/async-function.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeSettlementRequests } from "../fakes/settlement-requests.ts";
import { count, request } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";
import { silent } from "../silent.ts";
import { record } from "./records.ts";

const RUNNING = { status: "IN_PROGRESS", total_count: 3, total_size: 30 } as const;
const good = record({ bytes: 10 });
const bad = record({ ok: false });

function world(items = [request(RUNNING)], fault?: Fault) {
  const requests = new FakeRequests(...items);
  const [progress, shutdown] = [new FakeProgress(), new FakeAsyncFunction()];
  const settlements = new FakeSettlementRequests(shutdown);
  const buried: string[] = [];
  const failedBatches = { send: async (body: string) => void buried.push(body) };
  const unreadable: UnparseableItem[] = [];
  const onUnparseable = (it: UnparseableItem) => void unreadable.push(it);
  const { deps, calls } = noteCalls<AggregationDeps>(
    {
      requests,
      progress,
      settlements,
      failedBatches,
      onUnparseable,
      logger: silent,
      namespace: "Prewarm/test",
    },
    fault,
  );
  const handler = createHandler(deps);
  const the = (reqId = "r1") => progress.counts.get(reqId);
  return {
    requests,
    progress,
    settlements,
    the,
    shutdown,
    buried,
    unreadable,
    calls,
    handle: (...Records: unknown[]) => handler({ Records }),
  };
}

/** Reads the request by a table that refuses keys as DynamoDB does. */
function realReader() {
  const progress = new FakeProgress();
  const { client } = fakeClient<DynamoDBDocument>(({ input }) => {
    const key: string = input.Key.req_id;
    if (key === "" || Buffer.byteLength(key) > 2_048) throw awsError("ValidationException");
    return key === "r1" ? { Item: request(RUNNING) } : {};
  });
  const unplanned = () => expect.unreachable();
  const deps = fakeDeps<AggregationDeps>({
    requests: new RequestReader(client, "requests", unplanned),
    progress,
    settlements: { requestSettlement: async () => true },
    failedBatches: { send: async () => undefined },
    onUnparseable() {},
    logger: silent,
    namespace: "Prewarm/test",
  });
  return { deps, progress };
}

describe("Aggregation", () => {
  it("adds a batch to the counters", async () => {
    const { handle, the, shutdown } = world();
    await handle(good, bad);
    expect(the()).toEqual(count(2, 10, 1));
    expect(shutdown.requests).toEqual([]);
  });

  it("counts each POP, and stores when the newest result was written, which no older batch changes", async () => {
    const { handle, progress } = world();
    await handle(record({ pop: "FRA56-P4" }), record({ pop: "NOT-OURS" }));
    const older = record({ pop: "SIN2-P1", ok: false });
    older.dynamodb.ApproximateCreationDateTime -= 60;
    await handle(older);
    expect(await progress.pops("r1", request().pops)).toEqual(
      new Map([
        ["SIN2-P1", count(1, 0, 1)],
        ["FRA56-P4", count(1, 10, 0)],
      ]),
    );
    expect(progress.lastResultAt.get("r1")).toBe(1_713_237_141_000);
  });

  it("keeps what was counted as a minute began, of a batch that is tried again too; one that changes nothing keeps nothing", async () => {
    const MINUTE = 60_000;
    vi.useFakeTimers({ now: 7 * MINUTE, toFake: ["Date"] });
    try {
      const { handle, progress } = world([request({ ...RUNNING, total_count: 9 })]);
      await handle(record({ outcome: "warm" }));
      await handle(record({ outcome: "warm" }));
      vi.setSystemTime(9 * MINUTE);
      const again = record({ ok: false });
      await handle(again);
      await handle(again);
      vi.setSystemTime(10 * MINUTE);
      await handle(record({}, {}));
      expect([...(await progress.minutes("r1")).began]).toEqual([
        [7, count(0, 0, 0)],
        [9, count(2, 20, 0, { warm_count: 2 })],
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("counts outcomes, of the request and of the POP", async () => {
    const { handle, the, progress } = world();
    const bad = { ok: false, outcome: "not_kept", pop: "SIN2-P1" };
    await handle(record({ outcome: "warm", pop: "SIN2-P1" }), record(bad), record({ outcome: "hit", pop: "FRA56-P4" }));
    expect(the()).toEqual(count(3, 20, 1, { warm_count: 1, hit_count: 1, not_kept_count: 1 }));
    expect(await progress.pops("r1", request().pops)).toEqual(
      new Map([
        ["SIN2-P1", count(2, 10, 1, { warm_count: 1, not_kept_count: 1 })],
        ["FRA56-P4", count(1, 10, 0, { hit_count: 1 })],
      ]),
    );
  });

  it("counts what came uncompressed, with examples, and what came from the origin past its REC", async () => {
    const { handle, the, progress } = world();
    const css = { uncompressed: true, url: "https://a.example/a.css", pop: "SIN2-P1" };
    await handle(record({ ...css, variant: "br" }), record({ ...css, rec_miss: true }), good);
    expect(the()).toEqual(count(3, 30, 0, { uncompressed_count: 2, rec_miss_count: 1 }));
    expect((await progress.pops("r1", request().pops)).get("SIN2-P1")).toMatchObject({ rec_miss_count: 1 });
    expect(await progress.of("r1")).toMatchObject({
      uncompressed: ["https://a.example/a.css (br)", "https://a.example/a.css"],
    });
  });

  it("counts failures by reason, with the POPs and a few examples; a batch without any writes nothing for that", async () => {
    const { handle, progress, calls } = world();
    await handle(good);
    expect(calls).not.toContain("progress.putFailureExamples");
    const refused = { ok: false, reason: "http_4xx", url: "https://a.example/" };
    await handle(record({ ...refused, pop: "SIN2-P1" }), record({ ...refused, pop: "FRA56-P4" }));
    await handle(record({ ...refused, pop: "FRA56-P4" }), record({ ...refused, pop: "NOT-OURS" }));
    await handle(record({ ok: true, pop: "SIN2-P1" }, { ...refused, pop: "SIN2-P1" }));
    const example = (pop: string) => ({ url: "https://a.example/", pop });
    expect(await progress.failures("r1")).toEqual([
      {
        code: "http_4xx",
        subject: "task",
        tasks: 3,
        pops: 2,
        urls: null,
        examples: [example("SIN2-P1"), example("FRA56-P4")],
      },
    ]);
    // Of each reason once: the examples stand.
    expect(calls.filter((call) => call === "progress.putFailureExamples")).toHaveLength(1);
  });

  it("requests a settlement check once more tasks have failed than are allowed, not before, and with none allowed at the first", async () => {
    const { handle, shutdown } = world([request({ ...RUNNING, total_count: 9, max_failures: 2 })]);
    await handle(bad, good, bad, good);
    expect(shutdown.requests).toEqual([]);
    await handle(bad);
    expect(shutdown.requests).toEqual(["r1"]);
    const strict = world([request({ ...RUNNING, max_failures: 0 })]);
    await strict.handle(good);
    expect(strict.shutdown.requests).toEqual([]);
    await strict.handle(bad);
    expect(strict.shutdown.requests).toEqual(["r1"]);
  });

  it("adds a size that was corrected, though the count stays", async () => {
    const { handle, the } = world();
    await handle(record({ bytes: 25 }, { bytes: 10 }));
    expect(the()).toEqual(count(0, 15, 0));
  });

  it("leaves the request's item alone", async () => {
    const { handle, requests } = world();
    await handle(good, bad, good);
    expect(requests.the()).toEqual(request(RUNNING));
  });

  it("requests a settlement check when the counters reach the total, not before", async () => {
    const { handle, shutdown } = world();
    await handle(good, bad);
    expect(shutdown.requests).toEqual([]);
    await handle(record({ bytes: 20 }));
    expect(shutdown.requests).toEqual(["r1"]);
  });

  it("asks when they step over it", async () => {
    const { handle, shutdown, progress } = world();
    progress.set("r1", { count: count(3, 30, 0) });
    await handle(good);
    expect(shutdown.requests).toEqual(["r1"]);
  });

  it("requests a settlement check also after a batch without changes: the run before may have died between counting and requesting", async () => {
    const { handle, shutdown, calls, progress } = world();
    progress.set("r1", { count: count(3, 30, 0) });
    await handle(record({}, {}));
    expect(calls).not.toContain("progress.add");
    expect(shutdown.requests).toEqual(["r1"]);
  });

  it("requests no settlement check while another one is pending", async () => {
    const { handle, settlements, shutdown } = world();
    settlements.open.set("r1", Date.now());
    await handle(good, bad, record({}));
    expect(shutdown.requests).toEqual([]);
    await settlements.clear("r1");
    await handle(record({}, {}));
    expect(shutdown.requests).toEqual(["r1"]);
  });

  it("counts nothing for a request whose total is not known yet: it has no tasks", async () => {
    const { handle, the, calls } = world([request()]);
    await handle(good);
    expect(the()).toBeUndefined();
    expect(calls).toEqual(["requests.get"]);
  });

  it("reads a request once, and again when it seems complete", async () => {
    const { handle, calls } = world();
    const reads = () => calls.filter((call) => call === "requests.get").length;
    await handle(good);
    await handle(bad);
    expect(reads()).toBe(1);
    await handle(record({}));
    expect(reads()).toBe(2);
  });

  it("leaves the numbers of a request alone that has ended, and the others their own", async () => {
    const { handle, requests, the, shutdown } = world([
      request({ ...RUNNING, active: undefined, status: "STOPPED", download_count: 2 }),
      request({ ...RUNNING, req_id: "r2" }),
    ]);
    await handle(good, record({ req_id: "r2" }), record({ req_id: "gone" }));
    expect(requests.the("r1")).toMatchObject({ status: "STOPPED", download_count: 2 });
    expect([the("r1"), the("gone")]).toEqual([undefined, undefined]);
    expect(the("r2")).toMatchObject({ download_count: 1, download_size: 10 });
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
    expect(the()?.download_count).toBe(1);
    expect(buried).toEqual([JSON.stringify(spoilt), "{}"]);
    expect(unreadable.map(({ kind, key }) => [kind, key])).toEqual([
      ["stream record", "r1#0 SIN2-P1#u"],
      ["stream record", ""],
    ]);
  });

  it("logs what it has counted, and failures by reason", async () => {
    const requests = new FakeRequests(request(RUNNING), request({ ...RUNNING, req_id: "r2" }));
    const lines: unknown[][] = [];
    const logger = { ...silent, info: (...line: unknown[]) => void lines.push(line) };
    const settlements = { requestSettlement: async () => true };
    const deps = { requests, progress: new FakeProgress(), settlements, logger, namespace: "P" };
    const handler = createHandler(fakeDeps<AggregationDeps>(deps));
    const broken = { ok: false, reason: "connection" };
    const Records = [good, record(broken), record(broken), record({ ms: 70 }, broken), record({ req_id: "r2", ms: 9 })];
    await handler({ Records });
    const _aws = (Dimensions: string[][], ...names: string[]) => ({
      Timestamp: expect.closeTo(Date.now(), -4),
      CloudWatchMetrics: [
        { Namespace: "P", Dimensions, Metrics: names.map((Name) => expect.objectContaining({ Name })) },
      ],
    });
    const all = _aws([[]], "Tasks", "Bytes", "FailedTasks", "TaskDuration");
    expect(lines).toEqual([
      ["Results counted", { req_id: "r1", Tasks: 3, Bytes: 20, FailedTasks: 1, TaskDuration: [5], _aws: all }],
      ["Tasks failed", { req_id: "r1", reason: "connection", FailedTasks: 1, _aws: _aws([["reason"]], "FailedTasks") }],
      ["Results counted", { req_id: "r2", Tasks: 1, Bytes: 10, FailedTasks: 0, TaskDuration: [9], _aws: all }],
    ]);
  });

  it("counts a batch once that is retried after any crash, and requests a settlement check", async () => {
    const batch = [good, bad, record({}), record({ req_id: "r2" })];
    const items = [request(RUNNING), request({ ...RUNNING, req_id: "r2", total_count: 1 })];
    const smooth = world(items);
    await smooth.handle(...batch);
    expect(smooth.calls).toHaveLength(14);
    for (const n of smooth.calls.keys()) {
      for (const when of ["before", "after"] as const) {
        const { handle, the, shutdown } = world(items, (_, i) => (i === n ? when : undefined));
        await handle(...batch).catch(() => handle(...batch));
        expect([the("r1"), the("r2")]).toEqual([smooth.the("r1"), smooth.the("r2")]);
        expect(new Set(shutdown.requests)).toEqual(new Set(["r1", "r2"]));
      }
    }
  });

  it.each(["", "x".repeat(2_049), "r 1", "r\u0000"])(
    "counts a batch with a result of the impossible request %j",
    async (reqId) => {
      const { deps, progress } = realReader();
      await createHandler(deps)({ Records: [good, record({ req_id: reqId }), bad] });
      expect(progress.counts.get("r1")).toEqual(count(2, 10, 1));
    },
  );

  it("counts a batch when SQS does not take a record that is no result, and logs the error", async () => {
    const { deps, progress } = realReader();
    const warned: unknown[][] = [];
    const failedBatches = { send: () => Promise.reject(new Error("SQS is away")) };
    const logger = { ...silent, warn: (...line: unknown[]) => void warned.push(line) };
    await createHandler(fakeDeps<AggregationDeps>({ ...deps, failedBatches, logger }))({
      Records: [good, { eventID: "x" }],
    });
    expect(progress.counts.get("r1")).toEqual(count(1, 10, 0));
    expect(warned).toEqual([
      ["Moving a stream record to the dead-letter queue failed", expect.objectContaining({ error: expect.anything() })],
    ]);
  });

  it("refuses an event that has no records", async () => {
    const handler = createHandler(fakeDeps<AggregationDeps>({}));
    await expect(handler({ req_id: "r1" })).rejects.toThrow();
  });
});
