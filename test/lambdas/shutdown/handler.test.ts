import { describe, expect, it } from "vitest";
import { keysEvent } from "../items.ts";
import { A, ENDED, HEADER, OTHER, PAST, resultsBut, world } from "./world.ts";

const TIMER = { req_id: "r1" };

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

describe("a request that cannot be read", () => {
  it("is ended by the timer all the same, and its instances go", async () => {
    const { handle, requests, fleet } = world();
    requests.get = async () => undefined;
    requests.active = async () => [];
    await handle(TIMER);
    expect([requests.the().status, requests.the().active, fleet.capacity]).toEqual(["TIMEOUT", undefined, 0]);
  });

  it("is passed over where the stream names it", async () => {
    const { handle, requests, calls } = world();
    requests.get = async () => undefined;
    await handle(keysEvent({ req_id: "r1" }));
    expect(new Set(calls)).toEqual(new Set(["requests.get"]));
  });
});

describe("what it is called with", () => {
  it.each([
    ["no recount is due", {}, { settle: undefined }],
    ["it is gone", { req_id: "r9" }, {}],
    ["a recount is due of one that is not active", {}, { active: undefined }],
  ])("a record of a request is passed over when %s", async (_, keys, item) => {
    const { handle, calls } = world({ item });
    await handle(keysEvent({ req_id: "r1", ...keys }));
    expect(new Set(calls)).toEqual(new Set(["requests.get"]));
  });

  it("an event that is neither a timer's nor a stream's is refused", async () => {
    await expect(world().handle({ some: "thing" })).rejects.toThrow();
  });
});
