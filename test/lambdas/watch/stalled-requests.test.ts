import { describe, expect, it } from "vitest";
import { isStalled, observe, timingsOf } from "../../../domain/request/lifecycle.ts";
import type { Heartbeat, OnFailure, Progress } from "../../../domain/request/progress.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { WatchDeps } from "../../../lambdas/watch/deps.ts";
import { requestCleanups, requestSettlements, restartSteps } from "../../../lambdas/watch/stalled-requests.ts";
import { FakeAsyncFunction } from "../fakes/async-function.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeSettlementRequests } from "../fakes/settlement-requests.ts";
import { FakeQueue } from "../fakes/task-queue.ts";
import { count, request, target } from "../items.ts";
import { watchDeps } from "./world.ts";

const NOW = new Date("2024-04-16T04:00:00Z");
const LATER = "2024-04-16 05:00:00.000000";
const timings = timingsOf();

function heartbeat(secondsAgo: number, tasks = 1): Heartbeat {
  const rates = { bytes: 0, bytes_per_second: 0, tasks_per_second: 0 };
  return { instance: "i-1", worker: "1", at: NOW.getTime() - secondsAgo * 1_000, tasks, ...rates };
}

/** A request r1 like this, and another that moves. */
function world(
  item: Partial<RequestItem>,
  { inFlight = 0, heartbeats = [] as Heartbeat[], others = [] as Heartbeat[] } = {},
) {
  const requests = new FakeRequests(
    request({ status: "IN_PROGRESS", total_count: 9, timeout_at: LATER, ...item }),
    request({
      req_id: "r2",
      status: "IN_PROGRESS",
      total_count: 9,
      timeout_at: LATER,
      last_update_time: "2024-04-16 03:59:59.000000",
    }),
  );
  const queue = new FakeQueue();
  queue.inFlight = inFlight;
  const [progress, shutdown] = [new FakeProgress(), new FakeAsyncFunction()];
  progress.set("r1", { heartbeats });
  progress.set("r2", { heartbeats: others });
  const requestPops = new FakeRequestPops(requests);
  const expandFunction = new FakeAsyncFunction();
  const settlements = new FakeSettlementRequests(shutdown);
  const { deps, lines } = watchDeps({ requests, requestPops, queue, expandFunction, settlements });
  return { requests, requestPops, progress, settlements, shutdown, expandFunction, ...runs(deps, lines, progress) };
}

/** The parts of a run; each returns what it logged: of which request, and what. */
function runs(deps: WatchDeps, lines: unknown[][], progress = new FakeProgress(), onFailure: OnFailure = rethrow) {
  const run = (part: typeof requestSettlements) => async (): Promise<[string, unknown][]> => {
    const active = await deps.requests.readActive();
    const observed = await observe({ progress, timings: deps.timings }, active, () => NOW.getTime(), onFailure);
    lines.length = 0;
    await part(deps, { active, observed, onFailure });
    return lines.map(([, fields]) => {
      const { req_id, what } = fields as { req_id: string; what?: string };
      return [req_id, what];
    });
  };
  const ids = (part: typeof requestSettlements) => async () => (await run(part)()).map(([reqId]) => reqId);
  return { settle: ids(requestSettlements), restart: run(restartSteps), cleanUp: ids(requestCleanups) };
}

describe("a settlement check is requested", () => {
  it.each([
    ["when its time has been up for long", "IN_PROGRESS", "03:57:00", "03:59:00", {}, true],
    ["even if it never came to its tasks", "CREATED", "03:57:00", "03:59:00", {}, true],
    ["even if messages are left", "IN_PROGRESS", "03:57:00", "03:59:00", { inFlight: 7 }, true],
    ["not while its timer may still come", "IN_PROGRESS", "03:58:30", "03:59:00", {}, false],
    ["when it stands still and no message is left", "IN_PROGRESS", undefined, "03:45:00", {}, true],
    ["not while it may wait for instances", "IN_PROGRESS", undefined, "03:00:00", { inFlight: 1 }, false],
    [
      "not while others work, unless for long",
      "IN_PROGRESS",
      undefined,
      "03:35:00",
      { inFlight: 1, others: [heartbeat(1)] },
      false,
    ],
    [
      "when others have long kept the queue full",
      "IN_PROGRESS",
      undefined,
      "03:30:00",
      { inFlight: 1, others: [heartbeat(1)] },
      true,
    ],
    [
      "not while an agent holds a task of it",
      "IN_PROGRESS",
      undefined,
      "01:00:00",
      { heartbeats: [heartbeat(50)] },
      false,
    ],
    [
      "when that agent is silent, and nothing came for long",
      "IN_PROGRESS",
      undefined,
      "01:00:00",
      { heartbeats: [heartbeat(901)] },
      true,
    ],
    ["not while it moves", "IN_PROGRESS", undefined, "03:46:00", {}, false],
    ["not while its tasks are being queued", "INSERT_TASK", undefined, "03:30:00", {}, false],
  ] as const)("%s", async (_, status, timeout, moved, around, caught) => {
    const timeout_at = timeout === undefined ? LATER : `2024-04-16 ${timeout}.000000`;
    const given = { status, timeout_at, last_update_time: `2024-04-16 ${moved}.000000` };
    const w = world(given, {
      ...around,
      heartbeats: [...("heartbeats" in around ? around.heartbeats : [])],
      others: [...("others" in around ? around.others : [])],
    });
    expect(await w.settle()).toEqual(caught ? ["r1"] : []);
    expect(w.shutdown.requests).toEqual(caught ? ["r1"] : []);
  });

  it("once, however many see that it is needed", async () => {
    const w = world({ last_update_time: "2024-04-16 03:00:00.000000" });
    w.settlements.open.set("r1", Date.now() - 60_000);
    expect([await w.settle(), w.shutdown.requests]).toEqual([[], []]);
    w.settlements.open.set("r1", Date.now() - 1_201_000);
    expect(await w.settle()).toEqual(["r1"]);
  });

  it("without a question to the queue where nothing is active", async () => {
    const { deps, lines } = watchDeps({ queue: {}, settlements: {} });
    expect(await runs(deps, lines).settle()).toEqual([]);
  });

  it("and can be asked for again where it could not be sent", async () => {
    const w = world({ last_update_time: "2024-04-16 03:00:00.000000" });
    w.shutdown.invoke = () => Promise.reject(new Error("SQS is away"));
    await expect(w.settle()).rejects.toThrow("SQS is away");
    expect(w.settlements.open.size).toBe(0);
  });
});

describe("a request that has ended and was not closed", () => {
  const ended = { status: "STOPPED", active: undefined, closing: "y" } as const;

  it.each([
    ["is looked at after two minutes", "03:57:59", ["r1"]],
    ["is left to whoever ended it before that", "03:58:01", []],
  ])("%s", async (_, at, asked) => {
    const w = world({ ...ended, last_update_time: `2024-04-16 ${at}.000000` });
    expect(await w.cleanUp()).toEqual(asked);
    expect(w.shutdown.requests).toEqual(asked);
  });

  it("is looked at even if its item cannot be read", async () => {
    const w = world({ ...ended, last_update_time: "2024-04-16 03:00:00.000000" });
    w.requests.get = async () => undefined;
    expect(await w.cleanUp()).toEqual(["r1"]);
  });
});

describe("a step that stalled", () => {
  const still = { last_update_time: "2024-04-16 03:30:00.000000" };

  it.each([
    ["CREATED", "Get Size", "GetSize"],
    ["EXPANDING", "Expand", "Expand"],
    ["CHECK_POP", "Task", "Task"],
    ["INSERT_TASK", "Task", "Task"],
  ] as const)(
    "of a request at %s is restarted twice; then the request fails, and names the log to read",
    async (status, step, fn) => {
      const w = world({ ...still, status, targets_total: 1 });
      const again = async () => {
        const item = w.requests.the("r1");
        w.requests.items.set("r1", { ...item, ...still });
        return w.restart();
      };
      for (const nudges of [1, 2]) {
        expect(await again()).toEqual([["r1", `${status}: step restarted`]]);
        expect(w.requests.the("r1")).toMatchObject({ nudges, status, active: "y" });
      }
      const reason = `${step} stalled in 3 runs; see the log of the function ${fn}`;
      expect(await again()).toEqual([["r1", reason]]);
      expect(w.requests.the("r1")).toMatchObject({ status: "FAILED", reason });
      expect(w.requests.ended).toEqual(["r1"]);
    },
  );

  it("is Expand's, called through its queue, until the sources are read; then it is Get Size's, called by the change", async () => {
    const reading = world({ ...still, status: "EXPANDING" });
    await reading.restart();
    expect(reading.expandFunction.requests).toEqual(["r1"]);
    const read = world({ ...still, status: "EXPANDING", expanded: "y", nudges: 2 });
    const [[, said] = []] = await read.restart();
    expect(String(said)).toMatch(/^Get Size stalled/);
    expect(read.expandFunction.requests).toEqual([]);
  });

  it.each([
    [
      "whose item changed within the half hour: an invalidation goes on",
      { status: "CHECK_POP", last_update_time: "2024-04-16 03:30:01.000000" },
    ],
    [
      "of which a target was sent within the half hour",
      { ...still, status: "INSERT_TASK", sent_at: Date.parse("2024-04-16T03:30:01Z") },
    ],
    ["that has come to its tasks", { ...still, status: "IN_PROGRESS" }],
  ] as const)("is none of a request %s", async (_, item) => {
    const w = world(item);
    expect(await w.restart()).toEqual([]);
  });
});

describe("a fan-out that stalled", () => {
  const still = { status: "INSERT_TASK", last_update_time: "2024-04-16 03:30:00.000000", targets_total: 3 } as const;

  it("goes on: Task is called for each target that is not sent, and no other", async () => {
    const w = world({ ...still, targets_sent: 1, sent_at: Date.parse("2024-04-16T03:29:00Z") });
    const states = { "SIN2-P1": "SENT", "FRA56-P4": "READY", "NRT57-P3": "RESOLVED", "XXX1-P1": "FAILED" } as const;
    await w.requestPops.put(Object.entries(states).map(([pop, state]) => target(pop, { state })));
    const called = async () => w.restart();
    expect(await called()).toEqual([["r1", "INSERT_TASK: step restarted"]]);
    expect(w.requestPops.calledAgain).toEqual([[target("FRA56-P4").target, 1]]);
    expect([...w.requestPops.items.values()].map(({ state }) => state)).toEqual(["SENT", "READY", "READY", "FAILED"]);
    w.requests.items.set("r1", { ...w.requests.the("r1"), ...still });
    await called();
    // Another number: a write that changes nothing is not in the stream.
    expect(w.requestPops.calledAgain.slice(1).map(([, calls]) => calls)).toEqual([2, 2]);
  });

  it("of which all targets are sent comes to its tasks", async () => {
    const w = world({ ...still, targets_sent: 3 });
    await w.restart();
    expect(w.requests.the("r1")).toMatchObject({ status: "IN_PROGRESS", active: "y" });
    expect(w.requestPops.calledAgain).toEqual([]);
  });
});

describe("a request is stuck", () => {
  const still = request({ status: "IN_PROGRESS", last_update_time: "2024-04-16 03:45:00.000000" });
  const progress = (change: Partial<Progress> = {}): Progress => ({
    count: count(0, 0, 0),
    lastResultAt: undefined,
    heartbeats: [],
    ...change,
  });

  it.each([
    ["when instances run and nothing comes of it", still, progress(), 1, true],
    ["at whatever step", { ...still, status: "CREATED" as const }, progress(), 1, true],
    ["not without instances: it waits for them", still, progress(), 0, false],
    ["not while it is paused", { ...still, instance_count: 0 }, progress(), 1, false],
    ["not while an agent writes heartbeats", still, progress({ heartbeats: [heartbeat(800)] }), 1, false],
    [
      "with a heartbeat from the future, which is not believed",
      still,
      progress({ heartbeats: [heartbeat(-3_600)] }),
      1,
      true,
    ],
    [
      "with more heartbeats than a call takes arguments",
      still,
      progress({ heartbeats: Array(125_000).fill(heartbeat(900)) }),
      1,
      true,
    ],
    ["not when a result came not long ago", still, progress({ lastResultAt: NOW.getTime() - 899_000 }), 1, false],
  ])("%s", (_, item, itsProgress, inService, stuck) => {
    const observed = { progress: new Map([[item.req_id, itsProgress]]), messages: 0, now: NOW.getTime(), timings };
    expect(isStalled(item, observed, inService)).toBe(stuck);
    expect(isStalled(item, { ...observed, progress: new Map() }, inService)).toBe(false);
  });
});

describe("a request for which a part of a run fails", () => {
  /** Fails for r1, whatever is done to it. */
  const failing = (w: ReturnType<typeof world>) => {
    const failed: string[] = [];
    const failR1 = async (reqId: string) => {
      if (reqId === "r1") throw new Error("nothing of r1");
      return true;
    };
    const requests = Object.assign(w.requests, { restartStep: ({ req_id }: RequestItem) => failR1(req_id) });
    const { deps, lines } = watchDeps({ requests, settlements: { requestSettlement: failR1 } });
    return { failed, ...runs(deps, lines, w.progress, (reqId) => void failed.push(reqId)) };
  };
  const overdue = { timeout_at: "2024-04-16 03:00:00.000000" };

  it("holds up no settlement check of another", async () => {
    const w = world(overdue);
    w.requests.items.set("r2", { ...w.requests.the("r2"), ...overdue });
    const { settle, failed } = failing(w);
    expect(await settle()).toEqual(["r2"]);
    expect(failed).toEqual(["r1"]);
  });

  it("holds up no step of another", async () => {
    const still = { status: "CHECK_POP", last_update_time: "2024-04-16 03:00:00.000000" } as const;
    const w = world(still);
    w.requests.items.set("r2", { ...w.requests.the("r2"), ...still });
    const { restart, failed } = failing(w);
    expect((await restart()).map(([id]) => id)).toEqual(["r2"]);
    expect(failed).toEqual(["r1"]);
  });

  it("holds up the closing of no other", async () => {
    const ended = { status: "FINISHED", active: undefined, closing: "y" } as const;
    const w = world({ ...ended, last_update_time: "2024-04-16 03:00:00.000000" });
    w.requests.items.set("r2", { ...w.requests.the("r1"), req_id: "r2" });
    const { cleanUp, failed } = failing(w);
    expect(await cleanUp()).toEqual(["r2"]);
    expect(failed).toEqual(["r1"]);
  });
});

function rethrow(_: string, error: unknown): never {
  throw error;
}
