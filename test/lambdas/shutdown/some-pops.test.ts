// A retry: its URLs are wanted at some POPs alone. Here A at SIN2-P1 and B at FRA56-P4.
import { describe, expect, it } from "vitest";
import { MAX_REQUEUES } from "../../../domain/request/lifecycle.ts";
import { result } from "../items.ts";
import { A, B, EVENT, type Given, STILL, world } from "./world.ts";

const good = [result("SIN2-P1", A, { bytes: 10 }), result("FRA56-P4", B, { bytes: 5 })];
const set = (given: Given) => {
  const w = world({ ...given, item: { total_count: 2, download_count: 2, ...given.item } });
  w.lists.objects["r1/success_urls.csv"] = [
    [A, "10", "", "", "01"],
    [B, "5", "", "", "02"],
  ];
  return w;
};
const failed = (pop: string, url: string) => result(pop, url, { ok: false, error: "HTTP 403", reason: "http_4xx" });

describe("a request whose URLs are wanted at some POPs alone", () => {
  it("is finished by exactly these pairs; a result of another pair is a stray", async () => {
    const w = set({ results: [...good, failed("SIN2-P1", B)] });
    await w.handle(EVENT);
    expect(w.requests.the()).toMatchObject({
      status: "FINISHED",
      download_count: 2,
      download_size: 15,
      failed_count: 0,
    });
    expect(w.report()).toHaveLength(1);
    const strays = set({ results: [result("SIN2-P1", B), result("FRA56-P4", A)] });
    await strays.handle(EVENT);
    expect(strays.requests.the().status).toBe("IN_PROGRESS");
  });

  it.each([
    ["under a lead", { order: "lead-first" }],
    ["each by itself", { requeues: MAX_REQUEUES - 1 }],
  ] as const)("has what is missing queued again, %s, and nothing else", async (_, change) => {
    const w = set({ results: good.slice(1), item: { ...STILL, ...change } });
    await w.handle(EVENT);
    expect(w.queue.messages.map(({ pop, urls, followers }) => ({ pop, urls, followers }))).toEqual([
      { pop: "SIN2-P1", urls: [{ url: A, bytes: 10 }], followers: undefined },
    ]);
  });

  it("that is given up has failed with what is missing of these pairs", async () => {
    const w = set({ results: good.slice(1), item: { ...STILL, requeues: MAX_REQUEUES } });
    await w.handle(EVENT);
    expect(w.requests.the()).toMatchObject({ status: "FINISHED", download_count: 2, failed_count: 1 });
    expect(w.report()?.map(([pop, url]) => `${pop} ${url}`)).toEqual(["pop url", `SIN2-P1 ${A}`]);
  });

  it("ends as FAILED by max_failures, with exact counts", async () => {
    const results = [failed("SIN2-P1", A), failed("SIN2-P1", B), failed("FRA56-P4", A)];
    const w = set({ results, item: { max_failures: 0, download_count: 1, failed_count: 1 } });
    await w.handle(EVENT);
    expect(w.requests.the()).toMatchObject({ status: "FAILED", download_count: 1, failed_count: 1 });
    expect(w.requests.the().reason).toMatch(/^max_failures: 1 tasks have failed, and the request allows 0/);
    expect(w.report()?.map(([pop, url]) => `${pop} ${url}`)).toEqual(["pop url", `SIN2-P1 ${A}`, `FRA56-P4 ${B}`]);
  });
});
