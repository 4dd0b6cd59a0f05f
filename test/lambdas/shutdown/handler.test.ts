import { describe, expect, it } from "vitest";
import type { TaskMessage } from "../../../contracts/task-message.ts";
import { MAX_REQUEUES } from "../../../lambdas/shutdown/settlement.ts";
import { keysEvent, request } from "../items.ts";
import { A, EVENT, HEADER, PAST, resultsBut, world } from "./world.ts";

const TIMER = { req_id: "r1" };
const ENDED = { status: "FINISHED", active: undefined, settle: undefined, report: "r1/report.csv" } as const;
const OTHER = request({ req_id: "r2", status: "IN_PROGRESS", instance_count: 3 });
const MESSAGE: TaskMessage = {
  ...{ req_id: "r1", pop: "SIN2-P1", ips: ["192.0.2.1"], cf_domain: "a.example", header: [], shards: 1 },
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
    expect(calls).not.toContain("queue.purge");
  });

  it("purges no queue that is empty, and one of which all is in flight", async () => {
    const empty = world({ item: ENDED });
    await empty.handle(EVENT);
    expect(empty.calls).not.toContain("queue.purge");
    const held = world({ item: ENDED });
    held.queue.inFlight = 1;
    await held.handle(EVENT);
    expect(held.calls).toContain("queue.purge");
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
