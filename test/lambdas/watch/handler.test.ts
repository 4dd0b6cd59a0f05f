import { afterEach, describe, expect, test, vi } from "vitest";
import { ACTIVE_STATES, timingsOf } from "../../../domain/request/lifecycle.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { createHandler } from "../../../lambdas/watch/handler.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeSettlementRequests } from "../fakes/settlement-requests.ts";
import { request } from "../items.ts";
import { silent } from "../silent.ts";
import { WATCH_CONTEXT, watchDeps } from "./world.ts";

const PAST = "2020-01-01 00:00:00.000000";
const JUST_NOW = formatTimestamp(Date.now());

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
  const requests = new FakeRequests(...Array.from({ length: active }, (_, i) => request({ req_id: `r${i}` })));
  // Settled already: only the figures matter.
  const settlements = { requestSettlement: async () => false };
  const fleet = { state: async () => ({ wanted, instances, inService }) };
  const { deps, lines } = watchDeps({
    requests,
    settlements,
    fleet,
    timings: { ...timingsOf(), busyStallMs: Number.POSITIVE_INFINITY },
  });
  await createHandler(deps)({}, WATCH_CONTEXT);
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

test("the fleet is logged first, then what was done to which request", async () => {
  const requests = new FakeRequests(
    request({ req_id: "step", last_update_time: PAST }),
    request({ req_id: "overdue", timeout_at: PAST, last_update_time: JUST_NOW }),
    request({ req_id: "unclosed", status: "STOPPED", active: undefined, closing: "y" }),
  );
  const { deps, lines } = watchDeps({ requests });
  await createHandler(deps)({}, WATCH_CONTEXT);
  expect(lines).toEqual([
    ["Fleet status", expect.anything()],
    ["Step stalled", { req_id: "step", what: "CREATED: step restarted" }],
    ["Request not cleaned up; settlement requested", { req_id: "unclosed" }],
    ["Request stalled; settlement requested", { req_id: "overdue" }],
  ]);
});

test("the fleet is logged, steps are restarted and ended requests cleaned up if SQS does not answer", async () => {
  const requests = new FakeRequests(
    request({ req_id: "step", last_update_time: PAST }),
    request({ req_id: "unclosed", status: "STOPPED", active: undefined, closing: "y" }),
  );
  const queue = { messageCount: () => Promise.reject(new Error("SQS is away")) };
  const { deps, lines } = watchDeps({ requests, queue });
  await expect(createHandler(deps)({}, WATCH_CONTEXT)).rejects.toThrow("SQS is away");
  expect(lines.map(([message]) => message)).toEqual([
    "Fleet status",
    "Step stalled",
    "Request not cleaned up; settlement requested",
  ]);
});

test("dead letters are read when no request is active, and when a part before fails", async () => {
  let received = 0;
  const deadLetters = {
    receive: async () => {
      received++;
      return [];
    },
  };
  await createHandler(watchDeps({ deadLetters }).deps)({}, WATCH_CONTEXT);
  expect(received).toBe(1);
  const requests = Object.assign(new FakeRequests(), {
    listClosing: () => Promise.reject(new Error("DynamoDB is away")),
  });
  const failing = createHandler(watchDeps({ deadLetters, requests }).deps);
  await expect(failing({}, WATCH_CONTEXT)).rejects.toThrow("DynamoDB is away");
  expect(received).toBe(2);
});

test("a request for which something fails holds up no other, and the run fails in the end", async () => {
  const requests = new FakeRequests(
    ...["r1", "r2", "r3"].map((req_id) =>
      request({ req_id, status: "IN_PROGRESS", instance_count: 5, timeout_at: PAST }),
    ),
  );
  const note = requests.updateQuietly.bind(requests);
  requests.updateQuietly = async (reqId, states, fields) => {
    if (reqId === "r2") throw new Error("no note on r2");
    return note(reqId, states, fields);
  };
  const progress = new FakeProgress();
  const warned: unknown[][] = [];
  const settlements = new FakeSettlementRequests();
  const { deps } = watchDeps({
    requests,
    settlements,
    progress: {
      of: async (reqId) => (reqId === "r1" ? Promise.reject(new Error("r1 is unreadable")) : progress.of(reqId)),
    },
    fleet: { state: async () => ({ wanted: 5, instances: 0, inService: 0 }) },
    logger: { ...silent, warn: (...line: unknown[]) => void warned.push(line) },
  });
  const run = createHandler(deps);
  await expect(run({}, WATCH_CONTEXT)).rejects.toThrow("Watching failed for 2 requests");
  expect([...settlements.open.keys()]).toEqual(["r2", "r3"]);
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
    const fleet = { state: async () => ({ wanted: 5, instances: inService, inService }) };
    return createHandler(watchDeps({ requests, fleet }).deps)({}, WATCH_CONTEXT);
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
    await requests.updateAndTouch("r1", ACTIVE_STATES, { instance_count: 0 });
    await run(requests, 0, AT + 300_000);
    expect(requests.the().missing_instances).toBeUndefined();
    await requests.updateAndTouch("r1", ACTIVE_STATES, { instance_count: 5 });
    await run(requests, 0, AT + 900_000);
    expect(requests.the().missing_instances).toEqual({ count: 5, since: AT + 900_000 });
  });

  test("are written once while they do not change", async () => {
    const item = request({ status: "IN_PROGRESS", instance_count: 5, missing_instances: { count: 3, since: AT } });
    const requests = Object.assign(new FakeRequests(item), { note: unplanned });
    await run(requests, 2, AT + 300_000);
  });
});
