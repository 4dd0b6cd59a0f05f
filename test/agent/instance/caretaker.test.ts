import { describe, expect, test, vi } from "vitest";
import { formatTimestamp } from "../../../domain/request/timestamps.ts";
import { eventually } from "../deferred.ts";
import { type FakeAws, Refusal } from "../fake-aws.ts";
import { downloads, world } from "../queue/agent-world.ts";

describe("an agent looks after requests", () => {
  const time = (secondsAgo: number) => ({ S: formatTimestamp(new Date(Date.now() - secondsAgo * 1_000)) });
  /** Moved so many seconds ago; its time is up so many seconds ago (or is to come). */
  const request = (req_id: string, status: string, moved: number, timeout = -60) => ({
    ...{ req_id: { S: req_id }, status: { S: status }, last_update_time: time(moved), timeout_at: time(timeout) },
  });
  const attributes = (ApproximateNumberOfMessages: string) => () => ({ Attributes: { ApproximateNumberOfMessages } });
  const recounted = (aws: FakeAws) => new Set(aws.asked("UpdateItem").map(({ Key }) => Key?.["req_id"]?.S));

  test("when none is active for a while, it leaves the group and stops by itself", async () => {
    const { aws, start } = await world([], { Query: () => ({ Items: [] }) });
    const retire = vi.fn(() => Promise.resolve());
    const begun = performance.now();
    await start({ retire, stallMs: 50, retireMs: 300 }).ended;
    expect(performance.now() - begun).toBeGreaterThanOrEqual(300);
    expect(retire).toHaveBeenCalledOnce();
    expect(aws.asked("Query")[0]).toMatchObject({ TableName: "requests", IndexName: "active" });
  });

  test("while one is, it stays, and asks for a recount of those that stall", async () => {
    const Items = () => [
      request("moves", "IN_PROGRESS", 0),
      request("stalls", "IN_PROGRESS", 60),
      request("new", "CREATED", 60),
    ];
    const { aws, start } = await world([], {
      Query: () => ({ Items: Items() }),
      GetQueueAttributes: attributes("0"),
      UpdateItem: () => ({}),
    });
    const { stop, ended } = start({ stallMs: 200, retireMs: 200 });
    await eventually(() => aws.asked("UpdateItem").length).toBeGreaterThan(0);
    stop();
    await ended;
    expect(recounted(aws)).toEqual(new Set(["stalls"]));
  });

  test("with messages left, stalling takes longer", async () => {
    const { aws, start } = await world([], {
      Query: () => ({ Items: [request("stalls", "IN_PROGRESS", 1)] }),
      GetQueueAttributes: attributes("1"),
    });
    const { stop, ended } = start({ stallMs: 200, retireMs: 200 });
    await eventually(() => aws.asked("GetQueueAttributes").length).toBeGreaterThan(2);
    stop();
    await ended;
  });

  test("a long download is work: only a request that nobody ended is recounted meanwhile", async () => {
    const Items = () => [request("stalls", "IN_PROGRESS", 60), request("overdue", "IN_PROGRESS", 0, 150)];
    const { aws, start } = await world([["long"]], { Query: () => ({ Items: Items() }), UpdateItem: () => ({}) });
    const { running, downloader, endAll } = downloads();
    // Idle is what an agent is that has done nothing for a stall; this one begins within it.
    const { stop, ended } = start({ downloader, stallMs: 400, retireMs: 400 });
    await eventually(() => running.size).toBe(1);
    await eventually(() => aws.asked("UpdateItem").length).toBeGreaterThan(2);
    stop();
    endAll();
    await ended;
    expect(recounted(aws)).toEqual(new Set(["overdue"]));
  });

  test("a table that cannot be read is read again", async () => {
    let calls = 0;
    const { start } = await world([], {
      Query: () => {
        if (calls++ === 0) throw new Refusal("InternalServerError", 500);
        return { Items: [] };
      },
    });
    const retire = vi.fn(() => Promise.resolve());
    await start({ retire, stallMs: 30, retireMs: 60 }).ended;
    expect(retire).toHaveBeenCalledOnce();
  });

  test("an agent that cannot leave goes on, and tries again", async () => {
    const { log, start } = await world([], { Query: () => ({ Items: [] }) });
    const retire = vi.fn(() => Promise.resolve()).mockRejectedValueOnce(new Error("ScalingActivityInProgress"));
    await start({ retire, stallMs: 30, retireMs: 60 }).ended;
    expect(retire).toHaveBeenCalledTimes(2);
    expect(log).toEqual([]);
  });
});
