import { afterEach, describe, expect, test, vi } from "vitest";
import { patienceOf } from "../../../domain/request/lifecycle.ts";
import { createHandler } from "../../../lambdas/watch/handler.ts";
import { NO_DEAD_LETTERS, WATCH_CONTEXT } from "../fakes/no-dead-letters.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { request } from "../items.ts";
import { silent } from "../silent.ts";

test.each([
  { what: "nothing runs", active: 0, wanted: 0, instances: 0, inService: 0, orphans: 0, missing: 0, measured: false },
  { what: "instances work", active: 2, wanted: 3, instances: 3, inService: 3, orphans: 0, missing: 0, measured: true },
  { what: "none has come", active: 1, wanted: 3, instances: 0, inService: 0, orphans: 0, missing: 3, measured: true },
  {
    what: "one is left over",
    active: 0,
    wanted: 0,
    instances: 1,
    inService: 0,
    orphans: 1,
    missing: 0,
    measured: true,
  },
  { what: "some are wanted", active: 0, wanted: 3, instances: 0, inService: 0, orphans: 0, missing: 3, measured: true },
  { what: "no instances", active: 1, wanted: 0, instances: 0, inService: 0, orphans: 0, missing: 0, measured: true },
  {
    what: "Spot has too few",
    active: 1,
    wanted: 5,
    instances: 3,
    inService: 2,
    orphans: 0,
    missing: 3,
    measured: true,
  },
])("$what", async ({ active, wanted, instances, inService, orphans, missing, measured }) => {
  const lines: unknown[][] = [];
  await createHandler({
    requests: new FakeRequests(...Array.from({ length: active }, (_, i) => request({ req_id: `r${i}` }))),
    progress: new FakeProgress(),
    fleet: { state: async () => ({ wanted, instances, inService }) },
    safetyNet: { lookAtForgotten: async () => [], lookAtUnclosed: async () => [], callStepsAgain: async () => [] },
    patience: patienceOf(),
    logger: { ...silent, info: (...line) => void lines.push(line) },
    ...NO_DEAD_LETTERS,
    namespace: "Prewarm/test",
  })({}, WATCH_CONTEXT);
  expect(lines).toEqual([
    [
      "Fleet status",
      {
        ActiveRequests: active,
        Instances: instances,
        WantedInstances: wanted,
        // The requests are old, and nothing has ever come of them.
        MissingInstances: missing,
        OrphanInstances: orphans,
        StuckRequests: inService > 0 ? active : 0,
        ...(measured ? { _aws: expect.anything() } : {}),
      },
    ],
  ]);
});

test("requests that were forgotten are caught, after the fleet is told of, and named", async () => {
  const lines: unknown[][] = [];
  const active = [request({ req_id: "r1" }), request({ req_id: "r2" })];
  const progress = new FakeProgress();
  progress.set("r1", { movedAt: 7 });
  await createHandler({
    requests: { active: async () => active, noteMissingInstances: unplanned, standing: unplanned },
    progress,
    fleet: { state: async () => ({ wanted: 0, instances: 0, inService: 0 }) },
    safetyNet: {
      lookAtForgotten: async (items, all, now) => {
        expect(items).toBe(active);
        expect([...all].map(([id, { movedAt }]) => [id, movedAt])).toEqual([
          ["r1", 7],
          ["r2", undefined],
        ]);
        expect(Date.now() - now.getTime()).toBeLessThan(10_000);
        expect(lines).toHaveLength(1);
        return ["r2"];
      },
      lookAtUnclosed: async () => ["r3"],
      callStepsAgain: async () => [["r1", "CREATED: its step is called again"]],
    },
    patience: patienceOf(),
    logger: { ...silent, info: (...line) => void lines.push(line) },
    ...NO_DEAD_LETTERS,
    namespace: "Prewarm/test",
  })({}, WATCH_CONTEXT);
  expect(lines.slice(1)).toEqual([
    ["Request stalled; settlement requested", { req_id: "r2" }],
    ["Step stalled", { req_id: "r1", what: "CREATED: its step is called again" }],
    ["Request not cleaned up; settlement requested", { req_id: "r3" }],
  ]);
});

test("dead letters are read when no request is active, and when the safety net fails", async () => {
  let received = 0;
  const deps = {
    requests: new FakeRequests(),
    progress: new FakeProgress(),
    fleet: { state: async () => ({ wanted: 0, instances: 0, inService: 0 }) },
    safetyNet: {
      lookAtForgotten: async () => [],
      lookAtUnclosed: async (): Promise<string[]> => [],
      callStepsAgain: async () => [],
    },
    ...NO_DEAD_LETTERS,
    patience: patienceOf(),
    logger: silent,
    namespace: "Prewarm/test",
    deadLetters: {
      receive: async () => {
        received++;
        return [];
      },
      delete: unplanned,
    },
  };
  await createHandler(deps)({}, WATCH_CONTEXT);
  expect(received).toBe(1);
  deps.safetyNet.lookAtUnclosed = () => Promise.reject(new Error("DynamoDB is away"));
  await expect(createHandler(deps)({}, WATCH_CONTEXT)).rejects.toThrow("DynamoDB is away");
  expect(received).toBe(2);
});

test("a request for which something fails holds up no other, and the run fails in the end", async () => {
  const requests = new FakeRequests(
    ...["r1", "r2", "r3"].map((req_id) => request({ req_id, status: "IN_PROGRESS", instance_count: 5 })),
  );
  const note = requests.noteMissingInstances.bind(requests);
  requests.noteMissingInstances = async (reqId, missing) => {
    if (reqId === "r2") throw new Error("no note on r2");
    await note(reqId, missing);
  };
  const progress = new FakeProgress();
  const warned: unknown[][] = [];
  const seen: string[][] = [];
  const run = createHandler({
    requests,
    progress: {
      of: async (reqId) => (reqId === "r1" ? Promise.reject(new Error("r1 is unreadable")) : progress.of(reqId)),
    },
    fleet: { state: async () => ({ wanted: 5, instances: 0, inService: 0 }) },
    safetyNet: {
      lookAtForgotten: async (_items, all) => {
        seen.push([...all.keys()]);
        return [];
      },
      lookAtUnclosed: async () => [],
      callStepsAgain: async () => [],
    },
    ...NO_DEAD_LETTERS,
    patience: patienceOf(),
    namespace: "Prewarm/test",
    logger: { ...silent, warn: (...line) => void warned.push(line) },
  });
  await expect(run({}, WATCH_CONTEXT)).rejects.toThrow("Watching failed for 2 requests");
  expect(seen).toEqual([["r2", "r3"]]);
  expect(["r1", "r2", "r3"].map((reqId) => requests.the(reqId).missing_instances?.count)).toEqual([5, undefined, 5]);
  expect(warned.map(([message, fields]) => [message, fields])).toEqual([
    ["Watching a request failed", { req_id: "r1", error: expect.objectContaining({ message: "r1 is unreadable" }) }],
    ["Watching a request failed", { req_id: "r2", error: expect.objectContaining({ message: "no note on r2" }) }],
  ]);
});

async function unplanned(): Promise<never> {
  throw new Error("unplanned");
}

describe("instances that Auto Scaling has not provided", () => {
  const AT = Date.parse("2024-04-16T03:15:09.499Z");
  const run = (requests: FakeRequests, inService: number, now: number) => {
    vi.useFakeTimers({ now, toFake: ["Date"] });
    return createHandler({
      requests,
      progress: new FakeProgress(),
      fleet: { state: async () => ({ wanted: 5, instances: inService, inService }) },
      safetyNet: { lookAtForgotten: async () => [], lookAtUnclosed: async () => [], callStepsAgain: async () => [] },
      ...NO_DEAD_LETTERS,
      patience: patienceOf(),
      logger: silent,
      namespace: "Prewarm/test",
    })({}, WATCH_CONTEXT);
  };
  afterEach(() => void vi.useRealTimers());

  test("are noted on each request that waits for them, since they were first missing, until they are there", async () => {
    const requests = new FakeRequests(
      request({ req_id: "waits", status: "IN_PROGRESS", instance_count: 5 }),
      request({ req_id: "queues", status: "INSERT_TASK", instance_count: 2 }),
    );
    const noted = () => ["waits", "queues"].map((reqId) => requests.the(reqId).missing_instances);
    await run(requests, 2, AT);
    expect(noted()).toEqual(Array(2).fill({ count: 3, since: AT }));
    await run(requests, 4, AT + 300_000);
    expect(noted()).toEqual(Array(2).fill({ count: 1, since: AT }));
    await run(requests, 5, AT + 600_000);
    expect(noted()).toEqual([undefined, undefined]);
    await run(requests, 0, AT + 900_000);
    expect(noted()).toEqual(Array(2).fill({ count: 5, since: AT + 900_000 }));
  });

  test("are not noted on a request without tasks yet, nor on one that wants none", async () => {
    const requests = new FakeRequests(
      request({ req_id: "r1", status: "CREATED", instance_count: 5 }),
      request({ req_id: "r2", status: "IN_PROGRESS", instance_count: 0 }),
    );
    await run(requests, 0, AT);
    expect([...requests.items.values()].map((it) => it.missing_instances)).toEqual([undefined, undefined]);
  });

  test("are forgotten when their request is paused, and counted anew when it goes on", async () => {
    const requests = new FakeRequests(request({ status: "IN_PROGRESS", instance_count: 5 }));
    await run(requests, 0, AT);
    await requests.setInstanceCount("r1", 0);
    await run(requests, 0, AT + 300_000);
    expect(requests.the().missing_instances).toBeUndefined();
    await requests.setInstanceCount("r1", 5);
    await run(requests, 0, AT + 900_000);
    expect(requests.the().missing_instances).toEqual({ count: 5, since: AT + 900_000 });
  });

  test("are written once while they do not change", async () => {
    const item = request({ status: "IN_PROGRESS", instance_count: 5, missing_instances: { count: 3, since: AT } });
    const requests = Object.assign(new FakeRequests(item), { noteMissingInstances: unplanned });
    await run(requests, 2, AT + 300_000);
  });
});
