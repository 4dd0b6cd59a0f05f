import { describe, expect, it } from "vitest";
import { count } from "../items.ts";
import { A, ENDED, EVENT, HEADER, OTHER, PAST, resultsBut, world } from "./world.ts";

const TIMER = { req_id: "r1", timer: true };

describe("the timer", () => {
  it("ends a request whose time is up", async () => {
    const { handle, requests } = world({
      results: resultsBut(`SIN2-P1#${A}`),
      item: { timeout_at: PAST, download_count: 3 },
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
      const w = world({
        results: [],
        item: { status, total_count: 0, download_count: 0, distributions: [], timeout_at: PAST },
      });
      delete w.lists.objects["r1/success_urls.csv"];
      await w.handle(TIMER);
      expect(w.requests.the()).toMatchObject({ status: "TIMEOUT", download_count: 0 });
      expect(w.report()).toEqual([HEADER]);
    },
  );

  it("ends nothing before its time", async () => {
    const { handle, requests } = world({ results: resultsBut(`SIN2-P1#${A}`) });
    await handle(TIMER);
    expect(requests.the()).toMatchObject({ status: "IN_PROGRESS", active: "y" });
  });

  it("cleans up a request that has ended and is not closed; does nothing to a closed one", async () => {
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

describe("a request that cannot be read", () => {
  it("is ended by the timer all the same, and its instances go", async () => {
    const { handle, requests, fleet } = world();
    requests.get = async () => undefined;
    requests.readActive = async () => [];
    await handle(TIMER);
    expect([requests.the().status, requests.the().active, fleet.capacity]).toEqual(["TIMEOUT", undefined, 0]);
  });

  it("is passed over by a settlement check, and closed if it has ended: Watch finds it no more", async () => {
    const { handle, requests } = world({ item: ENDED });
    requests.get = async () => undefined;
    await handle(EVENT);
    expect(requests.the()).toMatchObject({ status: "FINISHED", closed: true });
    const active = world();
    active.requests.get = async () => undefined;
    await active.handle(EVENT);
    expect([active.requests.the().active, active.requests.the().closed]).toEqual(["y", false]);
  });
});

describe("a settlement check", () => {
  it("of a request that is gone is passed over", async () => {
    const { handle, calls } = world();
    await handle({ req_id: "r9" });
    expect(new Set(calls)).toEqual(new Set(["requests.get", "requests.close"]));
  });

  it("that fails is left to Lambda, which invokes the function again", async () => {
    const w = world({ fault: (call) => (call === "queue.messageCount" ? "before" : undefined) });
    await expect(w.handle(EVENT)).rejects.toThrow("queue.messageCount");
    expect([w.shutdown.requests, w.checkDelays()]).toEqual([[], []]);
  });

  it("does no harm twice at the same time", async () => {
    const w = world({ item: { ...ENDED, report: undefined } });
    await Promise.all([w.handle(EVENT), w.handle(EVENT)]);
    expect(w.requests.the()).toMatchObject({ status: "FINISHED", closed: true, download_count: 4 });
    const active = world();
    await Promise.all([active.handle(EVENT), active.handle(EVENT)]);
    expect(active.requests.the()).toMatchObject({ status: "FINISHED", download_count: 4 });
    expect(active.requests.ended).toEqual(["r1"]);
  });
});

describe("a settlement check of an active request", () => {
  it("is closed when it is done, so that the next one can be requested", async () => {
    const { handle, settlements } = world({ item: { download_count: 2 } });
    settlements.open.set("r1", Date.now());
    await handle(EVENT);
    expect(settlements.open.size).toBe(0);
  });

  it("asks for another when the last results came meanwhile: Aggregation could not, while this one was under way", async () => {
    const results = resultsBut(`SIN2-P1#${A}`);
    const w: ReturnType<typeof world> = world({
      results,
      item: { download_count: 0 },
      fault: (call) => {
        if (call === "lists.write") w.progress.set("r1", { count: count(4, 0, 0) });
        return undefined;
      },
    });
    w.progress.set("r1", { count: count(4, 0, 0) });
    await w.handle(EVENT);
    // This time the counters are put right, and say so.
    expect([w.shutdown.requests, (await w.progress.of("r1")).count.download_count]).toEqual([[], 3]);
    const late: ReturnType<typeof world> = world({
      item: { download_count: 3 },
      fault: (call) => {
        if (call === "settlements.clear") late.progress.set("r1", { count: count(4, 0, 0) });
        return undefined;
      },
    });
    await late.handle(EVENT);
    expect(late.shutdown.requests).toEqual(["r1"]);
  });
});

describe("what it is called with", () => {
  it("an event without a request is refused", async () => {
    await expect(world().handle({ some: "thing" })).rejects.toThrow();
  });
});
