import { describe, expect, it } from "vitest";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import { MAX_REQUEUES } from "../../../domain/request/settlement.ts";
import { keysEvent, request } from "../items.ts";
import { A, EVENT, HEADER, PAST, resultsBut, world } from "./world.ts";

const TIMER = { req_id: "r1" };
const ENDED = { status: "FINISHED", active: undefined, settle: undefined, report: "r1/report.csv" } as const;
const OTHER = request({ req_id: "r2", status: "IN_PROGRESS", instance_count: 3 });
const MESSAGE: TaskMessage = {
  ...{ req_id: "r1", pop: "SIN2-P1", ips: ["192.0.2.1"], host: "a.example", header: [], shards: 1 },
  urls: [{ url: A, bytes: 1 }],
};

describe("the timer", () => {
  it("ends a request whose time is up", async () => {
    const { handle, requests } = world({
      results: resultsBut(`SIN2-P1#${A}`),
      item: { timeout_at: PAST, settle: undefined },
    });
    await handle(TIMER);
    expect(requests.the()).toMatchObject({ status: "TIMEOUT", download_count: 3 });
  });

  it("ends as FINISHED what was done at that moment", async () => {
    const { handle, requests } = world({ item: { timeout_at: PAST } });
    await handle(TIMER);
    expect(requests.the().status).toBe("FINISHED");
  });

  it.each(["CREATED", "CHECK_POP"] as const)(
    "ends a request that is still at %s, of which there are no lists",
    async (status) => {
      const w = world({ results: [], item: { status, total_count: 0, distributions: [], timeout_at: PAST } });
      delete w.lists.objects["r1/success_urls.csv"];
      await w.handle(TIMER);
      expect(w.requests.the()).toMatchObject({ status: "TIMEOUT", download_count: 0 });
      expect(w.report()).toEqual([HEADER]);
    },
  );

  it("ends nothing before its time", async () => {
    const { handle, requests, queue } = world({ results: resultsBut(`SIN2-P1#${A}`) });
    queue.inFlight = 1;
    await handle(TIMER);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", active: "y" });
  });

  it("winds down what has ended and was not wound down; does nothing to what was", async () => {
    const open = world({ item: { ...ENDED, timeout_at: PAST } });
    await open.handle(TIMER);
    expect(open.requests.the()).toMatchObject({ status: "FINISHED", closed: true });
    const closed = world({ item: { ...ENDED, closed: true } });
    await closed.handle(TIMER);
    expect(new Set(closed.calls)).toEqual(new Set(["requests.get"]));
  });

  it("of a request that was deleted still takes the instances down", async () => {
    const gone = world();
    gone.requests.items.clear();
    await gone.handle(TIMER);
    expect(gone.fleet.capacity).toBe(0);
    const shared = world({ others: [OTHER] });
    shared.requests.items.delete("r1");
    await shared.handle(TIMER);
    expect(shared.fleet.capacity).toBe(3);
  });
});

describe("a request that has ended", () => {
  it("gives back its timer, its instances and its messages", async () => {
    const { handle, requests, timer, fleet, queue, calls } = world({ item: { ...ENDED, download_count: 4 } });
    queue.messages = [MESSAGE];
    await handle(EVENT);
    expect([timer.schedules.size, fleet.capacity, queue.messages]).toEqual([0, 0, []]);
    expect(requests.the()).toMatchObject({ status: "FINISHED", closed: true, download_count: 4 });
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
    expect(calls).not.toContain("capacity.follow");
  });

  it("leaves others their messages and the instances they asked for", async () => {
    const { handle, fleet, queue, calls } = world({ item: ENDED, others: [OTHER] });
    fleet.capacity = 9;
    queue.messages = [MESSAGE];
    await handle(EVENT);
    expect([fleet.capacity, queue.messages]).toEqual([3, [MESSAGE]]);
    expect(calls).not.toContain("queue.drop");
  });

  it.each(["capacity.follow", "lists.write"])("keeps its timer, to come again, while %s fails", async (call) => {
    const fault = (name: string) => (name === call ? "before" : undefined);
    const { handle, timer, requests } = world({ item: { ...ENDED, report: undefined }, fault });
    await expect(handle(EVENT)).rejects.toThrow(call);
    expect(timer.schedules.size).toBe(1);
    expect(requests.the().closed).toBe(false);
  });

  it("drops nothing from an empty queue", async () => {
    const { handle, calls } = world({ item: ENDED });
    await handle(EVENT);
    expect(calls).not.toContain("queue.drop");
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

  it("believes in an empty queue when it has seen it twice", async () => {
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
    // The stream has the item's change.
    expect(w.calls.at(-1)).toBe("requests.amend");
    w.queue.inFlight = 0;
    await w.handle(EVENT);
    expect(w.requests.the().closed).toBe(true);
  });

  it("leaves the rest to the agents of a request that starts meanwhile", async () => {
    const w: ReturnType<typeof world> = world({ item: ENDED, onSleep: () => w.requests.items.set("r2", OTHER) });
    w.queue.inFlight = 1;
    await w.handle(EVENT);
    expect(w.calls.filter((call) => call === "queue.drop")).toHaveLength(1);
  });

  it("drops no message of a request that starts meanwhile", async () => {
    const w: ReturnType<typeof world> = world({
      item: ENDED,
      // Just before the messages are dropped, but after it was looked whether others are active.
      fault: (call) => {
        if (call !== "queue.drop") return undefined;
        w.requests.items.set("r2", OTHER);
        w.queue.messages.push({ ...MESSAGE, req_id: "r2" });
        return undefined;
      },
    });
    w.queue.messages = [MESSAGE];
    await w.handle(EVENT);
    expect(w.queue.messages.map(({ req_id }) => req_id)).toEqual(["r2"]);
  });

  it("and was wound down is left alone", async () => {
    const { handle, calls } = world({ item: { ...ENDED, closed: true } });
    await handle(EVENT);
    expect(new Set(calls)).toEqual(new Set(["requests.get"]));
  });
});

describe("whatever happens", () => {
  it.each([
    ["no recount is due", {}, { settle: undefined }],
    ["it is gone", { req_id: "r9" }, {}],
  ])("a record of a request is passed over when %s", async (_, keys, item) => {
    const { handle, calls } = world({ item });
    await handle(keysEvent({ req_id: "r1", ...keys }));
    expect(new Set(calls)).toEqual(new Set(["requests.get"]));
  });

  it("an event that is neither a timer's nor a stream's is refused", async () => {
    await expect(world().handle({ some: "thing" })).rejects.toThrow();
  });

  const given = {
    FINISHED: {},
    TIMEOUT: { results: resultsBut(`SIN2-P1#${A}`), item: { timeout_at: PAST } },
    "FINISHED, with a task given up": { results: resultsBut(`SIN2-P1#${A}`), item: { requeues: MAX_REQUEUES } },
    STOPPED: { item: { status: "STOPPED", active: undefined, settle: undefined } },
  } as const;

  /** Calls the handler for each change of the item, each time again if it failed, until the request is closed. */
  async function run(w: ReturnType<typeof world>) {
    for (let i = 0; i < 2; i++) await w.handle(EVENT).catch(() => w.handle(EVENT));
    return w;
  }

  it.each(Object.entries(given))("%s: a crash at any call comes to the same once it is run again", async (_, how) => {
    const end = ({ requests, report, timer, fleet, queue }: ReturnType<typeof world>) => ({
      item: requests.the(),
      report: report(),
      rest: [timer.schedules.size, fleet.capacity, queue.messages.length],
    });
    const smooth = await run(world(how));
    expect(smooth.requests.the().closed).toBe(true);
    expect(smooth.calls.length).toBeGreaterThan(7);
    for (const [n, call] of smooth.calls.entries()) {
      for (const when of ["before", "after"] as const) {
        const crashed = await run(world({ ...how, fault: (_, i) => (i === n ? when : undefined) }));
        expect(end(crashed), `${when} ${call} (${n})`).toEqual(end(smooth));
      }
    }
  });

  it("a requeue that crashes queues what is missing all the same", async () => {
    const how = { results: resultsBut(`SIN2-P1#${A}`) };
    const { calls } = await run(world(how));
    for (const n of calls.keys()) {
      const crashed = await run(world({ ...how, fault: (_, i) => (i === n ? "after" : undefined) }));
      expect(crashed.queue.messages.map(({ pop, urls }) => [pop, urls[0]?.url])).toEqual([["SIN2-P1", A]]);
      expect(crashed.requests.the().settle).toBeUndefined();
    }
  });
});
