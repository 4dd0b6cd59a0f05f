import { endedEventSchema } from "../../../domain/readiness/ended-event.ts";
import { taskMessage } from "../../agent/task-messages.ts";
import { failing } from "../noted-calls.ts";
import { ENDED, ONE_MISSING, OTHER, resultsBut, settled, world } from "./world.ts";

const MESSAGE = taskMessage({ req_id: "r1" });

describe("a request that has ended", () => {
  it("gives back its timer, its pending settlement check, its instances and its messages", async () => {
    const { handle, requests, timer, checkSchedule, fleet, queue, calls } = world({ item: ENDED });
    await checkSchedule.set("r1", Date.now(), { functionArn: "f", roleArn: "r" });
    queue.messages = [MESSAGE];
    await handle();
    expect([timer.schedules.size, checkSchedule.schedules.size, fleet.capacity, queue.messages]).toEqual([0, 0, 0, []]);
    expect(requests.the()).toMatchObject({ status: "FINISHED", closed: true, download_count: 4 });
    expect(requests.the().closing).toBeUndefined();
    expect(calls.at(-1)).toBe("requests.close");
    expect(calls).not.toContain("lists.write");
  });

  it.each(["STOPPED", "FAILED"] as const)(
    "as %s, without a recount before, is counted and reported first",
    async (status) => {
      const { requests, report, calls } = await settled({
        item: { ...ENDED, status, report: undefined },
        results: ONE_MISSING,
      });
      const counted = { report: "r1/report.csv", download_count: 3, download_size: 20 };
      expect(requests.the()).toMatchObject({ closed: true, ...counted });
      expect(report()).toHaveLength(2);
      expect(calls.indexOf("lists.write")).toBeLessThan(calls.indexOf("requests.close"));
    },
  );

  it.each([
    ["FINISHED", resultsBut(), { total_count: 4, transferred_bytes: 40 }],
    ["STOPPED", ONE_MISSING, { total_count: 4, transferred_bytes: 90 }],
  ] as const)("as %s, counts for its day what it used, also if its first run dies", async (status, results, used) => {
    const counted_use = { day: "2024-04-16", total_count: 4, transferred_bytes: 90 };
    const item = { ...ENDED, status, report: undefined, counted_use };
    const transferred = results.map((one) => ({ ...one, transferred_bytes: 10 }));
    let died = false;
    const { handle, requests } = world({
      item,
      results: transferred,
      fault: (call) => {
        if (call !== "requests.correctUse" || died) return undefined;
        died = true;
        return "after";
      },
    });
    requests.set({ req_id: "day 2024-04-16", total_count: 4, transferred_bytes: 90 });
    await expect(handle()).rejects.toThrow();
    await handle();
    expect(requests.the()).toMatchObject({ closed: true });
    expect([requests.the().counted_use, await requests.dailyUse("2024-04-16")]).toEqual([undefined, used]);
  });

  it("STOPPED leaves the group as whoever stopped it set it, and drops nothing from an empty queue", async () => {
    const { fleet, calls } = await settled({ item: { ...ENDED, status: "STOPPED" } });
    expect(fleet.capacity).toBe(1);
    expect(calls.filter((call) => /^fleet|^staleMessages/.test(call))).toEqual([]);
  });

  it("leaves others their messages and the instances they asked for", async () => {
    const { handle, fleet, queue, times } = world({ item: ENDED, others: [OTHER] });
    fleet.capacity = 9;
    queue.messages = [MESSAGE];
    await handle();
    expect([fleet.capacity, queue.messages, times("staleMessages.drop")]).toEqual([3, [MESSAGE], 0]);
  });

  it.each(["fleet.setDesiredCapacity", "lists.write"])(
    "keeps its timer, to come again, while %s fails",
    async (call) => {
      const { handle, timer, requests } = world({ item: { ...ENDED, report: undefined }, fault: failing(call) });
      await expect(handle()).rejects.toThrow(call);
      expect([timer.schedules.size, requests.the().closed]).toEqual([1, false]);
    },
  );

  it("drops what an agent took and gave back, or never finished, when it comes back", async () => {
    const { handle, before, queue, requests } = world({ item: ENDED });
    let waits = 0;
    before["sleep"] = () => {
      if (++waits < 15) return;
      queue.messages = queue.inFlight > 0 ? [MESSAGE] : [];
      queue.inFlight = 0;
    };
    queue.inFlight = 1;
    await handle();
    expect([queue.messages, waits, requests.the().closed]).toEqual([[], 17, true]);
  });

  it("lets the next run go on after a minute, with the report there before", async () => {
    const { handle, before, queue, requests, shutdown, now } = world({ item: { ...ENDED, report: undefined } });
    before["sleep"] = () => expect(requests.the()).toMatchObject({ report: "r1/report.csv", closed: false });
    queue.inFlight = 1;
    const began = now();
    await handle();
    expect([now() - began, requests.the().closed, shutdown.requests]).toEqual([60_000, false, ["r1"]]);
    queue.inFlight = 0;
    before["sleep"] = () => undefined;
    await handle();
    expect(requests.the().closed).toBe(true);
  });

  it("goes on as long as messages are dropped, until the run's time is over but for its reserve", async () => {
    const { handle, before, queue, requests, shutdown, later, times } = world({ item: ENDED });
    before["staleMessages.drop"] = () => later(50_000);
    before["sleep"] = () => {
      queue.messages = [MESSAGE];
    };
    queue.messages = [MESSAGE];
    await handle();
    // 15 minutes, less two: a drop of 50 seconds and a pause of two each.
    expect(times("staleMessages.drop")).toBe(16);
    expect([requests.the().closed, shutdown.requests]).toEqual([false, ["r1"]]);
  });

  it("drops no message of a request that starts meanwhile", async () => {
    const { handle, before, queue, requests } = world({ item: ENDED });
    // After the check whether other requests are active.
    before["staleMessages.drop"] = () => {
      requests.set(OTHER);
      queue.messages.push({ ...MESSAGE, req_id: "r2" });
    };
    queue.messages = [MESSAGE];
    await handle();
    expect(queue.messages.map(({ req_id }) => req_id)).toEqual(["r2"]);
  });
});

it("the end of a request is said once, with its exact counts and links, when its summary can be read", async () => {
  const { handle, said, calls, requests } = world({
    item: { ...ENDED, status: "STOPPED", report: undefined, reason: "why" },
    results: ONE_MISSING,
  });
  await handle();
  await handle();
  expect(said).toHaveLength(1);
  expect(endedEventSchema.strict().parse(said[0])).toMatchObject({
    req_id: "r1",
    status: "STOPPED",
    reason: "why",
    verdict: "not_ready",
    sentence: "Stopped at 66% of the bytes. 1 task was not tried.",
    total_count: 4,
    download_count: 3,
    download_size: 20,
    progress_url: "https://api.example/prod/prewarm?req_id=r1",
    summary_url: "https://api.example/prod/summary?req_id=r1",
  });
  expect(calls.indexOf("events.put")).toBeGreaterThan(calls.indexOf("lists.write"));
  expect(requests.the().announced).toBe(true);
});

it("the end of a request goes to the dead letters when EventBridge will not have it, and holds up nothing", async () => {
  const { buried, requests } = await settled({ item: ENDED, fault: failing("events.put") });
  expect(buried.map(([text = ""]) => endedEventSchema.parse(JSON.parse(text)).req_id)).toEqual(["r1"]);
  expect(requests.the()).toMatchObject({ announced: true, closed: true });
});

it("the end of a request is not said of what goes on", async () => {
  const { said } = await settled({ item: { download_count: 3 }, results: ONE_MISSING });
  expect(said).toEqual([]);
});
