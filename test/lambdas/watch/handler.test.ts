import type { Heartbeat } from "../../../domain/request/progress.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { times } from "../../collect.ts";
import { heartbeat, request, target } from "../items.ts";
import { watchWorld } from "./world.ts";

const NOW = Date.parse("2024-04-16T04:00:00Z");
const MINUTE = 60_000;
const at = (time: string) => `2024-04-16 ${time}.000000`;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  return () => vi.useRealTimers();
});

/** An active request that moved a second ago. */
const active = (change: Partial<RequestItem> = {}) =>
  request({
    status: "IN_PROGRESS",
    total_count: 9,
    timeout_at: at("05:00:00"),
    last_update_time: at("03:59:59"),
    ...change,
  });
const ENDED = { status: "STOPPED", active: undefined, closing: "y" } as const;
const held = (secondsAgo: number): Heartbeat[] => [heartbeat({ at: NOW - secondsAgo * 1_000, tasks: 1 })];
const fleetOf = (wanted: number, inService: number, instances = inService) => ({
  fleet: { state: async () => ({ wanted, instances, inService }) },
});

/** Runs Watch on r1 and one that moves. @returns what it logged besides the fleet, and the world */
async function watched(
  change: Partial<RequestItem>,
  { inFlight = 0, own = [] as Heartbeat[], others = [] as Heartbeat[] } = {},
) {
  const w = watchWorld([active(change), active({ req_id: "r2" })]);
  w.queue.inFlight = inFlight;
  w.progress.set("r1", { heartbeats: own });
  w.progress.set("r2", { heartbeats: others });
  await w.run();
  return { ...w, done: w.logger.infos.slice(1) };
}

test.each([
  // active, wanted, instances, inService; OrphanInstances, MissingInstances, StuckRequests, whether metrics are made
  ["nothing runs", [0, 0, 0, 0], [0, 0, 0], false],
  ["none has come", [1, 3, 0, 0], [0, 3, 0], true],
  ["one is left over", [0, 0, 1, 0], [1, 0, 0], true],
  ["Spot has too few", [1, 5, 3, 2], [0, 3, 1], true],
] as const)(
  "the fleet %s",
  async (_, [requests, wanted, instances, inService], [orphans, missing, stuck], measured) => {
    const still = { last_update_time: at("03:45:00") };
    const items = times(requests, (i) => active({ ...still, req_id: `r${i}` }));
    const w = watchWorld(items, fleetOf(wanted, inService, instances));
    await w.run();
    const figures = {
      ActiveRequests: requests,
      Instances: instances,
      WantedInstances: wanted,
      MissingInstances: missing,
      OrphanInstances: orphans,
      StuckRequests: stuck,
    };
    expect(w.logger.infos[0]).toEqual(["Fleet status", measured ? { ...figures, _aws: expect.anything() } : figures]);
  },
);

test.each([
  ["nothing comes of it, at whatever step", { status: "CREATED" }, {}, 1],
  ["not while it is paused", { instance_count: 0 }, {}, 0],
  ["not while an agent writes heartbeats", {}, { heartbeats: held(800) }, 0],
  ["not when a result came not long ago", {}, { lastResultAt: NOW - 899_000 }, 0],
] as const)("the fleet has a stuck request when instances run and %s", async (_, change, progress, stuck) => {
  const w = watchWorld([active({ last_update_time: at("03:45:00"), ...change })], fleetOf(1, 1));
  w.progress.set("r1", progress);
  await w.run();
  expect(w.logger.infos[0]).toEqual(["Fleet status", expect.objectContaining({ StuckRequests: stuck })]);
});

const still = { last_update_time: at("03:45:00") };
const overdue = { timeout_at: at("03:57:00") };
test.each([
  ["when it stands still and no message is left", still, {}, true],
  ["not while it may wait for instances", still, { inFlight: 1 }, false],
  [
    "when others have long kept the queue full",
    { last_update_time: at("03:30:00") },
    { inFlight: 1, others: held(1) },
    true,
  ],
  ["not while an agent holds a task of it", still, { own: held(50) }, false],
] as const)("a settlement check is requested %s", async (_, change, around, requested) => {
  const { done, shutdown } = await watched(change, around);
  expect(done).toEqual(requested ? [["Request stalled; settlement requested", { req_id: "r1" }]] : []);
  expect(shutdown.requests).toEqual(requested ? ["r1"] : []);
});

test("a settlement check of what is overdue is requested, though neither its progress nor the queue can be read", async () => {
  const w = watchWorld([active({ ...overdue, status: "CREATED" })]);
  w.progress.of = () => Promise.reject(new Error("throttled"));
  w.queue.messageCount = () => Promise.reject(new Error("throttled"));
  await expect(w.run()).rejects.toThrow();
  expect(w.shutdown.requests).toEqual(["r1"]);
});

test("a settlement check is requested once, however many see that it is needed", async () => {
  const w = watchWorld([active(overdue)]);
  await w.settlements.requestSettlement("r1");
  await w.run();
  expect([w.logger.infos.length, w.shutdown.requests]).toEqual([1, ["r1"]]);
});

test.each([
  ["is looked at after two minutes", "03:57:59", ["r1"]],
  ["is left to whoever ended it before that", "03:58:01", []],
])("a request that has ended and was not closed %s", async (_, time, requested) => {
  const { done, shutdown } = await watched({ ...ENDED, last_update_time: at(time) });
  expect(done).toEqual(requested.map((req_id) => ["Request not cleaned up; settlement requested", { req_id }]));
  expect(shutdown.requests).toEqual(requested);
});

test("a request that has ended and was not closed is looked at even if its item cannot be read", async () => {
  const w = watchWorld([request({ ...ENDED, last_update_time: at("03:00:00") })]);
  w.requests.get = async () => undefined;
  await w.run();
  expect(w.shutdown.requests).toEqual(["r1"]);
});

describe("a step that stalled", () => {
  const still = { last_update_time: at("03:30:00") };

  test.each([
    ["EXPANDING", {}, "Expand", "Expand"],
    ["EXPANDING", { expanded: "y" }, "Get Size", "GetSize"],
    ["CHECK_POP", {}, "Task", "Task"],
  ] as const)(
    "of a request at %s %j is restarted twice; then the request fails, and names the log to read",
    async (status, change, step, fn) => {
      const item = { ...still, ...change, status, targets_total: 1 };
      const again = await watched({ ...item, nudges: 1 });
      expect(again.done).toEqual([["Step stalled", { req_id: "r1", what: `${status}: step restarted` }]]);
      expect(again.requests.the()).toMatchObject({ nudges: 2, status, active: "y" });
      // Expand is called; the others are called by the change.
      expect(again.expandFunction.requests).toEqual(step === "Expand" ? ["r1"] : []);
      const failed = await watched({ ...item, nudges: 2 });
      const reason = `${step} stalled in 3 runs; see the log of the function ${fn}`;
      expect(failed.done[0]).toEqual(["Step stalled", { req_id: "r1", what: reason }]);
      expect(failed.requests.the()).toMatchObject({ status: "FAILED", reason });
    },
  );

  test.each([
    [
      "whose item changed within the half hour: an invalidation goes on",
      { status: "CHECK_POP", last_update_time: at("03:30:01") },
    ],
    ["of which a target was sent within the half hour", { status: "INSERT_TASK", sent_at: NOW - 30 * MINUTE + 1_000 }],
    ["that has come to its tasks", {}],
  ] as const)("is none of a request %s", async (_, change) => {
    const { calls } = await watched({ ...still, ...change });
    expect(calls).not.toContain("requests.restartStep");
  });

  test("of the fan-out goes on: Task is called for each target that is not sent, and no other", async () => {
    const w = watchWorld([active({ ...still, status: "INSERT_TASK", targets_total: 3, targets_sent: 1 })]);
    const states = { "SIN2-P1": "SENT", "FRA56-P4": "READY", "NRT57-P3": "RESOLVED", "XXX1-P1": "FAILED" } as const;
    await w.requestPops.put(Object.entries(states).map(([pop, state]) => target(pop, { state })));
    await w.run();
    const called = () =>
      Object.fromEntries(w.requestPops.all().map(({ pop, state, called_again }) => [pop, [state, called_again]]));
    expect(called()).toEqual({
      "SIN2-P1": ["SENT", undefined],
      "FRA56-P4": ["READY", 1],
      "NRT57-P3": ["READY", undefined],
      "XXX1-P1": ["FAILED", undefined],
    });
    w.requests.set({ ...w.requests.the(), ...still });
    await w.run();
    // Another number: a write that changes nothing is not in the stream.
    expect(called()).toMatchObject({ "FRA56-P4": ["READY", 2], "NRT57-P3": ["READY", 2] });
  });

  test("of a fan-out of which all targets are sent comes to its tasks", async () => {
    const { requests, calls } = await watched({
      ...still,
      status: "INSERT_TASK",
      targets_total: 3,
      targets_sent: 3,
    });
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", active: "y" });
    expect(calls).not.toContain("requestPops.startFanOut");
  });
});

test("what fails of SQS holds up no step and no cleaning up, nor the dead letters", async () => {
  const items = [active({ status: "CREATED", last_update_time: at("03:00:00") }), request({ ...ENDED, req_id: "r2" })];
  const { run, logger, calls } = watchWorld(items, {}, (call) =>
    call === "queue.messageCount" ? "before" : undefined,
  );
  await expect(run()).rejects.toThrow("queue.messageCount");
  expect(logger.infos.map(([message]) => message)).toEqual([
    "Fleet status",
    "Step stalled",
    "Request not cleaned up; settlement requested",
  ]);
  expect(calls.at(-1)).toBe("deadLetters.depth");
});

test("what fails for a request holds up no other, and fails the run in the end", async () => {
  const failing = [
    ["progress.of", "unreadable"],
    ["requests.restartStep", "step"],
    ["settlements.requestSettlement", "closing"],
    ["requests.updateQuietly", "note"],
  ] as const;
  const fails = (call: string, args: readonly unknown[]) =>
    failing.some(([name, id]) => name === call && JSON.stringify(args).includes(`"${id}"`));
  const waits = { instance_count: 5, timeout_at: at("03:00:00") };
  const stalled = { status: "CHECK_POP", last_update_time: at("03:00:00") } as const;
  const w = watchWorld(
    [
      ...["unreadable", "note", "good"].map((req_id) => active({ req_id, ...waits })),
      ...["step", "step2"].map((req_id) => active({ req_id, ...stalled })),
      ...["closing", "closing2"].map((req_id) => request({ req_id, ...ENDED })),
    ],
    fleetOf(5, 0),
    (call, _, args) => (fails(call, args) ? "before" : undefined),
  );
  await expect(w.run()).rejects.toThrow("Watching failed for 4 requests");
  expect(w.settlements.pending()).toEqual(["closing2", "good", "note", "unreadable"]);
  expect(w.requests.the("step2").nudges).toBe(1);
  expect(["note", "good"].map((id) => w.requests.the(id).missing_instances?.count)).toEqual([undefined, 5]);
  const error = expect.objectContaining({ name: "Crash" });
  expect(w.logger.warnings).toEqual(failing.map(([, req_id]) => ["Watching a request failed", { req_id, error }]));
});

/** Runs Watch on them at this many minutes, with this many of five instances in service. */
const world = (...items: RequestItem[]) => {
  let inService = 0;
  const w = watchWorld(items, { fleet: { state: async () => ({ wanted: 5, instances: inService, inService }) } });
  const missingAt = async (minutes: number, instances: number) => {
    vi.setSystemTime(NOW + minutes * MINUTE);
    inService = instances;
    await w.run();
    return items.map(({ req_id }) => w.requests.the(req_id).missing_instances);
  };
  return { ...w, missingAt };
};

test("instances that Auto Scaling has not provided are noted on each request that waits for them, since they were first missing, until they are there", async () => {
  const { missingAt, calls } = world(
    active({ instance_count: 5 }),
    active({ req_id: "r2", status: "INSERT_TASK", instance_count: 2 }),
    active({ req_id: "no-tasks-yet", status: "CREATED", instance_count: 5 }),
    active({ req_id: "wants-none", instance_count: 0 }),
  );
  const noted = (count: number, minutes: number) => {
    const missing = count === 0 ? undefined : { count, since: NOW + minutes * MINUTE };
    return [missing, missing, undefined, undefined];
  };
  expect(await missingAt(0, 2)).toEqual(noted(3, 0));
  const writes = calls.filter((call) => call === "requests.updateQuietly").length;
  expect(await missingAt(5, 2)).toEqual(noted(3, 0));
  expect(calls.filter((call) => call === "requests.updateQuietly")).toHaveLength(writes);
  expect(await missingAt(10, 4)).toEqual(noted(1, 0));
  expect(await missingAt(15, 5)).toEqual(noted(0, 0));
  expect(await missingAt(20, 0)).toEqual(noted(5, 20));
});
