import { describe, expect, it } from "vitest";
import type { Unreadable } from "../../../domain/telemetry/unreadable.ts";
import { type AggregationDeps, createHandler } from "../../../lambdas/aggregation/handler.ts";
import { FakeRequests, silent } from "../fakes.ts";
import { request } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";
import { record } from "./records.ts";

const RUNNING = { status: "IN_PROGRESS", total_count: 3, total_size: 30 } as const;
const good = record({ bytes: 10 });
const bad = record({ ok: false });

function world(items = [request(RUNNING)], fault?: Fault) {
  const requests = new FakeRequests(...items);
  const buried: string[] = [];
  const deadLetters = { bury: async (body: string) => void buried.push(body) };
  const unreadable: Unreadable[] = [];
  const onUnreadable = (it: Unreadable) => void unreadable.push(it);
  const asked: string[] = [];
  const looks = { ask: async ({ req_id }: { req_id: string }) => asked.push(req_id) > 0 };
  const { deps, calls } = noteCalls<AggregationDeps>(
    { requests, looks, deadLetters, onUnreadable, logger: silent, namespace: "Prewarm/test" },
    fault,
  );
  const handler = createHandler(deps);
  return { requests, asked, buried, unreadable, calls, handle: (...Records: unknown[]) => handler({ Records }) };
}

describe("Aggregation", () => {
  it("adds a batch to the counters", async () => {
    const { handle, requests } = world();
    await handle(good, bad);
    expect(requests.the()).toMatchObject({ download_count: 2, download_size: 10, failed_count: 1 });
  });

  it("adds a size that was corrected, though the count stays", async () => {
    const { handle, requests } = world();
    await handle(record({ bytes: 25 }, { bytes: 10 }));
    expect(requests.the()).toMatchObject({ download_count: 0, download_size: 15, failed_count: 0 });
  });

  it("asks for the recount when the counters reach the total, not before", async () => {
    const { handle, requests, calls } = world();
    await handle(good, bad);
    expect(calls).not.toContain("looks.ask");
    await handle(record({ bytes: 20 }));
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", download_count: 3 });
    expect(calls).toContain("looks.ask");
  });

  it("asks when they step over it", async () => {
    const { handle, asked } = world([request({ ...RUNNING, download_count: 3 })]);
    await handle(good);
    expect(asked).toEqual(["r1"]);
  });

  it("asks again when a batch changes nothing: the run before may have ended between the two", async () => {
    const { handle, asked, calls } = world([request({ ...RUNNING, download_count: 3 })]);
    await handle(record({}, {}));
    expect(calls).not.toContain("requests.addProgress");
    expect(asked).toEqual(["r1"]);
  });

  it("asks nothing of a request whose total is not known yet", async () => {
    const { handle, calls } = world([request()]);
    await handle(good);
    expect(calls).not.toContain("looks.ask");
  });

  it("leaves the numbers of a request alone that has ended, and the others their own", async () => {
    const { handle, requests, calls } = world([
      request({ ...RUNNING, active: undefined, status: "STOPPED", download_count: 2 }),
      request({ ...RUNNING, req_id: "r2" }),
    ]);
    await handle(good, record({ req_id: "r2" }), record({ req_id: "gone" }));
    expect(requests.the("r1")).toMatchObject({ status: "STOPPED", download_count: 2 });
    expect(requests.the("r2")).toMatchObject({ download_count: 1, download_size: 10 });
    expect(calls).not.toContain("looks.ask");
  });

  it("sets records aside that are no results, tells of them, and counts the rest", async () => {
    const { handle, requests, buried, unreadable } = world();
    const spoilt = { eventID: "x", dynamodb: { Keys: { task_key: { S: "r1#0" }, pop_url: { S: "SIN2-P1#u" } } } };
    await handle(spoilt, {}, good);
    expect(requests.the().download_count).toBe(1);
    expect(buried).toEqual([JSON.stringify(spoilt), "{}"]);
    expect(unreadable.map(({ kind, key }) => [kind, key])).toEqual([
      ["stream record", "r1#0 SIN2-P1#u"],
      ["stream record", ""],
    ]);
  });

  it("says what it has counted, and failures by reason", async () => {
    const requests = new FakeRequests(request(RUNNING), request({ ...RUNNING, req_id: "r2" }));
    const lines: unknown[][] = [];
    const logger = { info: (...line: unknown[]) => void lines.push(line) };
    const handler = createHandler({
      requests,
      looks: { ask: async () => true },
      deadLetters: { bury: async () => undefined },
      onUnreadable() {},
      logger,
      namespace: "P",
    });
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
      ["Counted", { req_id: "r1", Tasks: 3, Bytes: 20, FailedTasks: 1, TaskDuration: [5], _aws: all }],
      ["Failed", { req_id: "r1", reason: "connection", FailedTasks: 1, _aws: _aws([["reason"]], "FailedTasks") }],
      ["Counted", { req_id: "r2", Tasks: 1, Bytes: 10, FailedTasks: 0, TaskDuration: [9], _aws: all }],
    ]);
  });

  it("counts a batch once that is tried again after any crash, and asks for the recount", async () => {
    const batch = [good, bad, record({}), record({ req_id: "r2" })];
    const items = [request(RUNNING), request({ ...RUNNING, req_id: "r2", total_count: 1 })];
    const smooth = world(items);
    await smooth.handle(...batch);
    expect(smooth.calls).toHaveLength(6);
    for (const n of smooth.calls.keys()) {
      for (const when of ["before", "after"] as const) {
        const { handle, requests, asked } = world(items, (_, i) => (i === n ? when : undefined));
        await handle(...batch).catch(() => handle(...batch));
        expect(requests.items).toEqual(smooth.requests.items);
        expect(requests.the("r1")).toMatchObject({ download_count: 3 });
        expect(new Set(asked)).toEqual(new Set(["r1", "r2"]));
      }
    }
  });

  it("refuses an event that has no records", async () => {
    const handler = createHandler({
      requests: new FakeRequests(),
      looks: { ask: async () => true },
      deadLetters: { bury: async () => undefined },
      onUnreadable() {},
      logger: silent,
      namespace: "Prewarm/test",
    });
    await expect(handler({ req_id: "r1" })).rejects.toThrow();
  });
});
