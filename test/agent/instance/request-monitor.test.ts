import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { RequestMonitor, type RequestMonitorOptions, retire } from "../../../agent/instance/request-monitor.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import { NO_PROGRESS } from "../../../domain/request/progress.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { request } from "../../lambdas/items.ts";
import { logger } from "../fake-deps.ts";

const HOUR_MS = 3_600_000;
const timings = timingsOf();
const ago = (ms: number) => formatTimestamp(Date.now() - ms);
const item = (req_id: string, change: Partial<RequestItem> = {}) =>
  request({ req_id, status: "IN_PROGRESS", last_update_time: ago(HOUR_MS), total_count: 9, ...change });
const stalled = item("stalled");
const overdue = item("overdue", { timeout_at: ago(150_000) });
const fail = () => Promise.reject(new Error("no table"));

/** A monitor of these requests, of which none has a result or a heartbeat. `checked`: those whose settlement check it requested. */
function monitorOf(listed: readonly RequestItem[], different: Partial<RequestMonitorOptions> = {}) {
  const checked: string[] = [];
  const left = vi.fn(async () => undefined);
  const monitor = new RequestMonitor({
    requests: { listActive: async () => [...listed], getActive: async (id) => listed.find((it) => it.req_id === id) },
    progress: { of: async () => NO_PROGRESS },
    queue: { messageCount: async () => 0 },
    settlements: { requestSettlement: async (reqId) => checked.push(reqId) > 0 },
    timings,
    retire: left,
    retireMs: HOUR_MS,
    logger,
    ...different,
  });
  return { monitor, checked, left };
}

test.each<[string, RequestItem[], string[], Partial<RequestMonitorOptions>?, idleMs?: number]>([
  [
    "is requested of those that are stalled or overdue",
    [item("moves", { last_update_time: ago(0) }), stalled, item("new", { status: "CREATED" }), overdue],
    ["overdue", "stalled"],
  ],
  ["is requested of overdue ones alone while this process works", [stalled, overdue], ["overdue"], {}, 0],
  [
    "is not held up by a request whose progress cannot be read",
    [item("broken"), stalled],
    ["stalled"],
    { progress: { of: async (reqId) => (reqId === "broken" ? fail() : NO_PROGRESS) } },
  ],
  ["needs no progress of those that are overdue", [overdue], ["overdue"], { progress: { of: fail } }],
  [
    "needs no depth of the queue for those that are overdue",
    [overdue, stalled],
    ["overdue"],
    { queue: { messageCount: fail } },
  ],
  [
    "is not requested of what has ended, though the index lists it",
    [overdue],
    [],
    { requests: { listActive: async () => [overdue], getActive: async () => undefined } },
  ],
  [
    "is not requested while messages wait for instances",
    [stalled],
    [],
    { queue: { messageCount: async () => 1 }, timings: { ...timings, busyStallMs: 2 * HOUR_MS } },
  ],
])("a settlement check %s", async (_, listed, expected, different, idleMs = HOUR_MS) => {
  const { monitor, checked, left } = monitorOf(listed, different);
  expect(await monitor.check(idleMs)).toBe(false);
  expect(checked).toEqual(expected);
  expect(left).not.toHaveBeenCalled();
});

describe("an instance", () => {
  test("leaves its group when no request is active and it had no work for a while", async () => {
    const { monitor, left } = monitorOf([]);
    expect([await monitor.check(HOUR_MS - 1), left.mock.calls.length]).toEqual([false, 0]);
    expect([await monitor.check(HOUR_MS), left.mock.calls.length]).toEqual([true, 1]);
  });

  test("that cannot read the requests, or cannot leave, tries again", async () => {
    const listActive = vi.fn(async () => []).mockImplementationOnce(fail);
    const { monitor, left } = monitorOf([], { requests: { listActive, getActive: fail } });
    left.mockImplementationOnce(fail);
    expect([await monitor.check(HOUR_MS), left.mock.calls.length]).toEqual([false, 0]);
    expect([await monitor.check(HOUR_MS), left.mock.calls.length]).toEqual([false, 1]);
    expect(await monitor.check(HOUR_MS)).toBe(true);
  });

  test("leaves for good: the group wants one less", async () => {
    const client = new AutoScalingClient({ region: "eu-west-1" });
    const send = vi.spyOn(client, "send").mockImplementation(() => undefined);
    await retire(client, "i-1");
    const input = { InstanceId: "i-1", ShouldDecrementDesiredCapacity: true };
    expect(send.mock.calls).toMatchObject([[{ input }]]);
  });
});

test.each([
  [60_000, 15_000],
  [3_000, 3_000],
])("rechecks after %i ms are made every %i ms", (recheckMs, intervalMs) => {
  expect(monitorOf([], { timings: { ...timings, recheckMs } }).monitor.intervalMs).toBe(intervalMs);
});
