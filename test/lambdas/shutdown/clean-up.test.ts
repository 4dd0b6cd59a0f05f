import { describe, expect, it } from "vitest";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { A, ENDED, EVENT, OTHER, resultsBut, world } from "./world.ts";

const MESSAGE: TaskMessage = {
  req_id: "r1",
  pop: "SIN2-P1",
  ips: ["192.0.2.1"],
  host: "a.example",
  header: [],
  shards: 1,
  urls: [{ url: A, bytes: 1 }],
};

describe("a request that has ended", () => {
  it("gives back its timer, its pending settlement check, its instances and its messages", async () => {
    const { handle, requests, timer, checkSchedule, fleet, queue, calls } = world({
      item: { ...ENDED, download_count: 4 },
    });
    await checkSchedule.set("r1", Date.now(), { functionArn: "f", roleArn: "r" });
    queue.messages = [MESSAGE];
    await handle(EVENT);
    expect([timer.schedules.size, fleet.capacity, queue.messages]).toEqual([0, 0, []]);
    expect(checkSchedule.schedules.size).toBe(0);
    expect(requests.the()).toMatchObject({ status: "FINISHED", closed: true, download_count: 4 });
    expect(requests.the().closing).toBeUndefined();
    expect(calls.at(-1)).toBe("requests.close");
    expect(calls).not.toContain("lists.write");
  });

  it.each(["STOPPED", "FAILED"] as const)(
    "as %s, without a recount before, is counted and reported first",
    async (status) => {
      const { handle, requests, report, calls } = world({
        item: { ...ENDED, status, report: undefined },
        results: resultsBut(`SIN2-P1#${A}`),
      });
      await handle(EVENT);
      expect(requests.the()).toMatchObject({
        closed: true,
        report: "r1/report.csv",
        download_count: 3,
        download_size: 20,
      });
      expect(report()).toHaveLength(2);
      expect(calls.indexOf("lists.write")).toBeLessThan(calls.indexOf("requests.close"));
    },
  );

  it("STOPPED leaves the group as whoever stopped it set it", async () => {
    const { handle, fleet, calls } = world({ item: { ...ENDED, status: "STOPPED" } });
    await handle(EVENT);
    expect(fleet.capacity).toBe(1);
    expect(calls.filter((call) => call.startsWith("fleet."))).toEqual([]);
  });

  it("leaves others their messages and the instances they asked for", async () => {
    const { handle, fleet, queue, calls } = world({ item: ENDED, others: [OTHER] });
    fleet.capacity = 9;
    queue.messages = [MESSAGE];
    await handle(EVENT);
    expect([fleet.capacity, queue.messages]).toEqual([3, [MESSAGE]]);
    expect(calls).not.toContain("staleMessages.drop");
  });

  it.each(["fleet.setDesiredCapacity", "lists.write"])(
    "keeps its timer, to come again, while %s fails",
    async (call) => {
      const fault = (name: string) => (name === call ? "before" : undefined);
      const { handle, timer, requests } = world({ item: { ...ENDED, report: undefined }, fault });
      await expect(handle(EVENT)).rejects.toThrow(call);
      expect(timer.schedules.size).toBe(1);
      expect(requests.the().closed).toBe(false);
    },
  );

  it("drops nothing from an empty queue", async () => {
    const { handle, calls } = world({ item: ENDED });
    await handle(EVENT);
    expect(calls).not.toContain("staleMessages.drop");
  });

  it("drops what an agent took and gave back, or never finished, when it comes back", async () => {
    let waits = 0;
    const w: ReturnType<typeof world> = world({
      item: ENDED,
      onSleep: () => {
        if (++waits < 15) return;
        w.queue.messages = w.queue.inFlight > 0 ? [MESSAGE] : [];
        w.queue.inFlight = 0;
      },
    });
    w.queue.inFlight = 1;
    await w.handle(EVENT);
    expect([w.queue.messages, waits]).toEqual([[], 17]);
    expect(w.requests.the().closed).toBe(true);
  });

  it("takes the queue for empty after it was empty twice", async () => {
    let waits = 0;
    const w: ReturnType<typeof world> = world({
      item: ENDED,
      onSleep: () => {
        if (waits++ === 0) w.queue.messages = [MESSAGE];
      },
    });
    await w.handle(EVENT);
    expect([w.queue.messages, waits]).toEqual([[], 3]);
  });

  it("lets the next run go on after a minute, with the report there before", async () => {
    const seconds: number[] = [];
    const w: ReturnType<typeof world> = world({
      item: { ...ENDED, report: undefined },
      onSleep: () => {
        seconds.push(2);
        expect(w.requests.the()).toMatchObject({ report: "r1/report.csv", closed: false });
      },
    });
    w.queue.inFlight = 1;
    await w.handle(EVENT);
    expect(seconds.reduce((sum, s) => sum + s, 0)).toBe(60);
    expect(w.requests.the().closed).toBe(false);
    expect(w.shutdown.requests).toEqual(["r1"]);
    w.queue.inFlight = 0;
    await w.handle(EVENT);
    expect(w.requests.the().closed).toBe(true);
  });

  it("goes on as long as messages are dropped, until the run's time is over but for its reserve", async () => {
    const w: ReturnType<typeof world> = world({
      item: ENDED,
      fault: (call) => {
        if (call === "staleMessages.drop") w.later(50_000);
        return undefined;
      },
      onSleep: () => {
        w.queue.messages = [MESSAGE];
      },
    });
    w.queue.messages = [MESSAGE];
    await w.handle(EVENT);
    // 15 minutes, less two: a drop of 50 seconds and a pause of two each.
    expect(w.calls.filter((call) => call === "staleMessages.drop")).toHaveLength(16);
    expect(w.requests.the().closed).toBe(false);
    expect(w.shutdown.requests).toEqual(["r1"]);
  });

  it("leaves the rest to the agents of a request that starts meanwhile", async () => {
    const w: ReturnType<typeof world> = world({ item: ENDED, onSleep: () => w.requests.items.set("r2", OTHER) });
    w.queue.inFlight = 1;
    await w.handle(EVENT);
    expect(w.calls.filter((call) => call === "staleMessages.drop")).toHaveLength(1);
  });

  it("drops no message of a request that starts meanwhile", async () => {
    const w: ReturnType<typeof world> = world({
      item: ENDED,
      // Just before the messages are dropped, but after the check whether other requests are active.
      fault: (call) => {
        if (call !== "staleMessages.drop") return undefined;
        w.requests.items.set("r2", OTHER);
        w.queue.messages.push({ ...MESSAGE, req_id: "r2" });
        return undefined;
      },
    });
    w.queue.messages = [MESSAGE];
    await w.handle(EVENT);
    expect(w.queue.messages.map(({ req_id }) => req_id)).toEqual(["r2"]);
  });

  it("is asked about once while its messages are dropped, however many they are", async () => {
    const { handle, queue, calls } = world({ item: ENDED });
    queue.messages = Array(20).fill(MESSAGE);
    await handle(EVENT);
    expect(queue.messages).toEqual([]);
    expect(calls.filter((call) => call === "requests.isActive")).toHaveLength(1);
  });

  it("is left alone once it was wound down", async () => {
    const { handle, calls } = world({ item: { ...ENDED, closed: true } });
    await handle(EVENT);
    expect(new Set(calls)).toEqual(new Set(["requests.get"]));
  });
});
