import { describe, expect, it } from "vitest";
import type { Distribution } from "../../../domain/request/distributions.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { TaskDeps } from "../../../lambdas/task/deps.ts";
import { invalidateAll } from "../../../lambdas/task/invalidation.ts";
import { fakeDeps } from "../fake-deps.ts";
import { FakeDistributions } from "../fakes/distributions.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { request } from "../items.ts";

const ONE = [{ label: "d1", id: "E1", names: [] }];

function world(urls: readonly string[], change: Partial<RequestItem> = {}) {
  const requests = new FakeRequests(request({ status: "CHECK_POP", ...change }));
  const distributions = new FakeDistributions();
  let now = Date.UTC(2024, 3, 16);
  const slept: number[] = [];
  const deps = fakeDeps<TaskDeps>({
    requests,
    distributions,
    now: () => now,
    sleep: async (ms: number) => {
      slept.push(ms);
      now += ms;
    },
    lists: new FakeLists({ "r1/success_urls.csv": urls.map((url) => [url, "1"]) }),
  });
  const run = (distributions: Distribution[] = ONE, hasTime = () => true) =>
    invalidateAll(deps, { ...requests.the(), distributions }, hasTime);
  return { requests, distributions, run, slept, batches: () => [...distributions.invalidations] };
}

const many = (n: number) => Array.from({ length: n }, (_, i) => `https://a.example/${String(i).padStart(5, "0")}`);
const sizes = (batches: [string, { paths: readonly string[] }][]) =>
  batches.map(([ref, { paths }]) => [ref, paths.length]);

describe("invalidation", () => {
  it("is of a URL's path and query, as an object's name, http and https as one", async () => {
    const { run, batches } = world([
      "https://a.example/b.js?v=1&w=2",
      "https://a.example/b.js",
      "http://a.example/b.js",
      "https://a.example/img/*.png",
      "https://a.example/q?x=[1]",
      "https://a.example/",
      "https://a.example/%E6%97%A5(1)",
    ]);
    expect(await run()).toBe(true);
    const paths = ["/", "/%E6%97%A5(1)", "/b.js", "/b.js?v=1&w=2", "/img/*.png", "/q?x=%5B1%5D"];
    expect(batches()).toEqual([["r1-500-0", { distributionId: "E1", paths }]]);
  });

  it("goes in batches of 500, each path once, each batch counted when it is complete", async () => {
    const { run, batches, requests } = world([...many(1_001), "http://a.example/00000"]);
    expect(await run()).toBe(true);
    expect(sizes(batches())).toEqual([
      ["r1-500-0", 500],
      ["r1-500-1", 500],
      ["r1-500-2", 1],
    ]);
    expect(new Set(batches().flatMap(([, { paths }]) => paths)).size).toBe(1_001);
    expect(requests.the().invalidated_batches).toBe(3);
  });

  it("has as many batches in progress as leave the distribution room for those of others", async () => {
    const { run, batches, requests, distributions, slept } = world(many(3_500));
    distributions.asksUntilComplete = 1_000;
    expect(await run(ONE, () => slept.length < 10)).toBe(false);
    expect(batches()).toHaveLength(5);
    distributions.asksUntilComplete = 1;
    expect(await run()).toBe(true);
    expect(batches()).toHaveLength(7);
    expect(requests.the().invalidated_batches).toBe(7);
  });

  it("keeps what is in progress while CloudFront takes no more", async () => {
    const { run, batches, requests, distributions } = world(many(1_000));
    const invalidate = distributions.invalidate.bind(distributions);
    let calls = 0;
    distributions.invalidate = async (...args) => (calls++ === 1 ? { busy: true } : invalidate(...args));
    distributions.asksUntilComplete = 3;
    expect(await run()).toBe(true);
    // The first, the one refused, and that again after five seconds: not with every look at the first.
    expect(calls).toBe(3);
    expect(batches()).toHaveLength(2);
    expect(requests.the().invalidated_batches).toBe(2);
  });

  it.each([
    ["https://a.example/ab?*", "ends in \\*"],
    ["https://a.example/img/*", "ends in \\*"],
    [`https://a.example/${"a".repeat(4_000)}`, "has a path of 4001 characters"],
  ])("of %s is not tried: the request fails, and names it", async (url, why) => {
    const { run, batches, requests } = world(["https://a.example/1", url]);
    expect(await run()).toBe(false);
    expect(batches()).toEqual([]);
    expect(requests.the()).toMatchObject({ status: "FAILED", reason: expect.stringMatching(why) });
    expect(requests.the().reason).toContain(`'${url}'`);
  });

  it("that CloudFront refuses ends the request, with the path that it most likely did not like", async () => {
    const { run, requests, distributions } = world([...many(4), "https://a.example/(odd)"]);
    distributions.refuses = "InvalidArgument: one or more invalid invalidation paths";
    expect(await run()).toBe(false);
    expect(requests.the()).toMatchObject({
      status: "FAILED",
      reason:
        "need_invalidate: CloudFront refused to invalidate '/(odd)', '/00000', '/00001', or another of 5 in the distribution E1: " +
        "InvalidArgument: one or more invalid invalidation paths; nothing was warmed",
    });
    expect(requests.the().active).toBeUndefined();
  });

  it("is of each URL in its own distribution; of none in another account", async () => {
    const { run, batches } = world(["https://a.example/1", "https://b.example/2", "https://c.example/3"]);
    await run([
      { label: "d1", id: "E1", names: [], hosts: ["a.example"] },
      { label: "d2", id: "E2", names: [], hosts: ["b.example"] },
      { label: "d3", names: [], hosts: ["c.example"] },
    ]);
    expect(batches().map(([, batch]) => batch)).toEqual([
      { distributionId: "E1", paths: ["/1"] },
      { distributionId: "E2", paths: ["/2"] },
    ]);
  });

  it("waits until a batch is complete", async () => {
    const { run, distributions, slept } = world(["https://a.example/1"]);
    distributions.asksUntilComplete = 2;
    expect(await run()).toBe(true);
    expect(distributions.asksUntilComplete).toBe(0);
    // Not asked without a pause: CloudFront counts the questions.
    expect(slept).toEqual([1_000]);
  });

  it("that runs out of time says so in the item, and goes on from there", async () => {
    const { run, batches, requests, distributions } = world(many(501).toReversed());
    expect(await run(ONE, () => false)).toBe(true);
    requests.items.set("r1", request({ status: "CHECK_POP", invalidated_batches: 1 }));
    distributions.invalidations.clear();
    distributions.asksUntilComplete = 2;
    expect(await run(ONE, () => false)).toBe(false);
    expect(requests.the().invalidated_batches).toBe(1);
    expect(await run(ONE, () => false)).toBe(true);
    expect(batches()).toEqual([["r1-500-1", { distributionId: "E1", paths: ["/00500"] }]]);
    expect(requests.the().invalidated_batches).toBe(2);
  });

  it("waits while CloudFront takes none, for others are in progress, and asks less often", async () => {
    const { run, distributions, slept, batches } = world(["https://a.example/1"]);
    distributions.busy = 3;
    expect(await run()).toBe(true);
    expect(slept).toEqual([5_000, 5_000, 5_000]);
    expect(sizes(batches())).toEqual([["r1-500-0", 1]]);
  });

  it.each(["CloudFront takes none", "it is not complete"])(
    "while %s, each run waits for a minute only, and others have their turn",
    async (why) => {
      const { run, distributions, requests, slept } = world(["https://a.example/1"]);
      if (why === "it is not complete") distributions.asksUntilComplete = 150;
      else distributions.busy = 30;
      for (const runs of [1, 2]) {
        expect(await run()).toBe(false);
        expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(runs * 60_000);
        // Written, so that the stream has a record of it.
        expect(requests.the()).toMatchObject({ status: "CHECK_POP", invalidated_batches: 0 });
      }
      expect(await run()).toBe(true);
    },
  );

  it.each([
    ["busy", /other invalidations of the distribution used up CloudFront's limit/],
    ["asksUntilComplete", /E1 had not completed the invalidation I-r1-500-0 when the time was over/],
  ] as const)("that is late (%s) ends the request in time, with the reason", async (what, reason) => {
    const { run, distributions, requests, slept } = world(["https://a.example/1"], {
      timeout_at: "2024-04-16 00:00:30.000000",
    });
    distributions[what] = 1_000;
    expect(await run()).toBe(false);
    expect(requests.the()).toMatchObject({ status: "TIMEOUT", reason: expect.stringMatching(reason) });
    expect(requests.the().active).toBeUndefined();
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(30_000);
  });

  it("ends where the request is not at CHECK_POP any more", async () => {
    const { run, requests } = world(many(1_001));
    const item = requests.the();
    requests.the = () => item;
    requests.items.set("r1", request({ status: "STOPPED", active: undefined }));
    expect(await run()).toBe(false);
    expect(requests.items.get("r1")).toMatchObject({ status: "STOPPED", invalidated_batches: 0 });
  });

  it("of nothing is done at once", async () => {
    const { run, batches } = world([]);
    expect(await run()).toBe(true);
    expect(batches()).toEqual([]);
  });
});
