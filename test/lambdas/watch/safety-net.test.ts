import { describe, expect, it } from "vitest";
import { SafetyNet } from "../../../lambdas/watch/safety-net.ts";
import { FakeQueue, FakeRequests } from "../fakes.ts";
import { request } from "../items.ts";

const NOW = new Date("2024-04-16T04:00:00Z");
const LATER = "2024-04-16 05:00:00.000000";

describe("a request is recounted", () => {
  it.each([
    ["when its time has been up for long", "IN_PROGRESS", "03:57:00", "03:59:00", 0, true],
    ["even if it never came to its tasks", "CREATED", "03:57:00", "03:59:00", 0, true],
    ["even if messages are left", "IN_PROGRESS", "03:57:00", "03:59:00", 7, true],
    ["not while its timer may still come", "IN_PROGRESS", "03:58:30", "03:59:00", 0, false],
    ["when it stands still and no message is left", "IN_PROGRESS", undefined, "03:49:00", 0, true],
    ["not while it may wait for instances", "IN_PROGRESS", undefined, "03:49:00", 1, false],
    ["not while it moves", "IN_PROGRESS", undefined, "03:55:00", 0, false],
    ["not while its tasks are being queued", "INSERT_TASK", undefined, "03:49:00", 0, false],
  ] as const)("%s", async (_, status, timeout, moved, inFlight, caught) => {
    const timeout_at = timeout === undefined ? LATER : `2024-04-16 ${timeout}.000000`;
    const requests = new FakeRequests(
      request({ status, timeout_at, last_update_time: `2024-04-16 ${moved}.000000` }),
      request({
        req_id: "r2",
        status: "IN_PROGRESS",
        timeout_at: LATER,
        last_update_time: "2024-04-16 03:59:59.000000",
      }),
    );
    const queue = new FakeQueue();
    queue.inFlight = inFlight;
    expect(await new SafetyNet(requests, queue).recountForgotten(await requests.active(), NOW)).toEqual(
      caught ? ["r1"] : [],
    );
    expect(requests.the("r1").settle).toBe(caught ? "DUE" : undefined);
    expect(requests.the("r2").settle).toBeUndefined();
  });

  it("without a question to the queue where nothing is active", async () => {
    const queue = { depth: () => Promise.reject(new Error("unplanned")) };
    expect(await new SafetyNet(new FakeRequests(), queue).recountForgotten([], NOW)).toEqual([]);
  });
});
