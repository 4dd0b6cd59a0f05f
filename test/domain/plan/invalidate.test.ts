import { type InvalidationDeps, invalidateAll } from "../../../domain/plan/invalidate.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { fakeDeps } from "../../../tools/local/fake-deps.ts";
import { times } from "../../collect.ts";
import { fakeStores } from "../../lambdas/fakes/stores.ts";
import { request } from "../../lambdas/items.ts";

const ONE = "https://a.example/1";
const REFUSES = "InvalidArgument: one or more invalid invalidation paths";

function world(urls: readonly string[], change: Partial<RequestItem> = {}) {
  const distribution = { label: "d1", id: "E1", names: [] };
  const item = request({ status: "CHECK_POP", need_invalidate: true, distributions: [distribution], ...change });
  const stores = fakeStores(item);
  const { requests, distributions, lists } = stores;
  lists.objects["r1/success_urls.csv"] = urls.map((url) => [url, "1"]);
  let now = Date.UTC(2024, 3, 16);
  const slept: number[] = [];
  const deps = fakeDeps<InvalidationDeps>({
    ...stores,
    now: () => now,
    sleep: async (ms: number) => {
      slept.push(ms);
      now += ms;
    },
  });
  return {
    requests,
    distributions,
    slept,
    sleptMs: () => slept.reduce((sum, ms) => sum + ms, 0),
    run: (hasTime = () => true) => invalidateAll(deps, { ...item, ...requests.the() }, hasTime),
    batches: () => [...distributions.invalidations],
    sizes: () => [...distributions.invalidations].map(([reference, { paths }]) => [reference, paths.length]),
  };
}

const many = (n: number) => times(n, (i) => `https://a.example/${String(i).padStart(5, "0")}`);

describe("invalidation", () => {
  it("is of a URL's path and query, as an object's name, http and https as one", async () => {
    const { run, batches } = world(
      ["s://a.example/b.js?v=1&w=2", "s://a.example/b.js", "://a.example/b.js", "s://a.example/q?x=[1]"].map(
        (it) => `http${it}`,
      ),
    );
    expect(await run()).toBe(true);
    expect(batches()).toEqual([
      ["r1-500-0", { distributionId: "E1", paths: ["/b.js", "/b.js?v=1&w=2", "/q?x=%5B1%5D"] }],
    ]);
  });

  it("goes in batches of 500, each path once, each batch counted when it is complete", async () => {
    const { run, batches, sizes, requests } = world([...many(1_001), "http://a.example/00000"]);
    expect(await run()).toBe(true);
    expect(sizes()).toEqual([
      ["r1-500-0", 500],
      ["r1-500-1", 500],
      ["r1-500-2", 1],
    ]);
    expect(new Set(batches().flatMap(([, { paths }]) => paths)).size).toBe(1_001);
    expect(requests.the().invalidated_batches).toEqual({ E1: 3 });
  });

  it("has as many batches in progress as leave the distribution room for those of others", async () => {
    const { run, batches, requests, distributions, slept } = world(many(3_500));
    distributions.asksUntilComplete = 1_000;
    expect(await run(() => slept.length < 10)).toBe(false);
    expect(batches()).toHaveLength(5);
    distributions.asksUntilComplete = 1;
    expect(await run()).toBe(true);
    expect([batches().length, requests.the().invalidated_batches]).toEqual([7, { E1: 7 }]);
  });

  it("keeps what is in progress while CloudFront takes no more", async () => {
    const { run, batches, requests, distributions } = world(many(1_000));
    const invalidate = distributions.invalidate.bind(distributions);
    let calls = 0;
    distributions.invalidate = async (...args) => (calls++ === 1 ? { busy: "wait" } : invalidate(...args));
    distributions.asksUntilComplete = 3;
    expect(await run()).toBe(true);
    // The first, the one refused, and that again after five seconds: not with every look at the first.
    expect([calls, batches().length, requests.the().invalidated_batches]).toEqual([3, 2, { E1: 2 }]);
  });

  it("goes on in other distributions while one takes no more, and sends nothing again that is done there", async () => {
    const distributions = ["a", "b"].map((it) => ({ label: it, id: `E${it}`, names: [], hosts: [`${it}.example`] }));
    const w = world([ONE, ...many(1_200).map((url) => url.replace("a.", "b."))], { distributions });
    const invalidate = w.distributions.invalidate.bind(w.distributions);
    let isBusy = true;
    const asked: string[] = [];
    w.distributions.invalidate = async (id, ...args) => {
      asked.push(id);
      return id === "Ea" && isBusy ? { busy: "TooMany: wait" } : invalidate(id, ...args);
    };
    expect(await w.run(() => w.slept.length < 3)).toBe(false);
    expect(w.batches().map(([, { distributionId }]) => distributionId)).toEqual(["Eb", "Eb", "Eb"]);
    expect(w.requests.the()).toMatchObject({ status: "CHECK_POP", invalidated_batches: { Eb: 3 } });
    expect(await w.run(() => false)).toBe(false);
    isBusy = false;
    expect(await w.run()).toBe(true);
    expect(w.requests.the().invalidated_batches).toEqual({ Ea: 1, Eb: 3 });
    expect(asked.filter((id) => id === "Eb")).toHaveLength(3);
  });

  it.each([[`https://a.example/${"a".repeat(4_000)}`, "has a path of 4001 characters"]])(
    "of %s is not tried: the request fails, and names it",
    async (url, why) => {
      const { run, batches, requests } = world([ONE, url]);
      expect(await run()).toBe(false);
      expect(batches()).toEqual([]);
      expect(requests.the()).toMatchObject({ status: "FAILED", reason: expect.stringMatching(why) });
      expect(requests.the().reason).toContain(`'${url}'`);
    },
  );

  it("that CloudFront refuses ends the request, whichever path it was", async () => {
    const { run, requests, distributions } = world(many(5));
    distributions.refuses = REFUSES;
    expect(await run()).toBe(false);
    expect(requests.the()).toMatchObject({
      status: "FAILED",
      reason: `need_invalidate: CloudFront refused to invalidate one of 5 paths in the distribution E1: ${REFUSES}; nothing was warmed`,
    });
  });

  it("is of each URL in its own distribution or tenant; of none in another account", async () => {
    const owners = [{ id: "E1" }, { id: "E2" }, {}, { id: "E3", tenant: "dt_1" }, { id: "E3", tenant: "dt_2" }];
    const distributions = owners.map((owner, i) => ({
      label: `d${i}`,
      names: [],
      hosts: [`${"abcde"[i]}.example`],
      ...owner,
    }));
    const { run, batches } = world(
      [..."abcde"].map((name, i) => `https://${name}.example/${i}`),
      { distributions },
    );
    await run();
    expect(batches().map(([, { distributionId, paths }]) => [distributionId, ...paths])).toEqual([
      ["E1", "/0"],
      ["E2", "/1"],
      ["dt_1", "/3"],
      ["dt_2", "/4"],
    ]);
  });

  it("is of the paths and tags that the request names in each distribution, and of the URLs that these do not cover", async () => {
    const distributions = ["a", "b"].map((it) => ({ label: it, id: `E${it}`, names: [], hosts: [`${it}.example`] }));
    const urls = ["https://a.example/patch/1", "https://a.example/2", "https://b.example/index.html"];
    const invalidate = { paths: ["/patch/*", "/index.html"], tags: ["v42"] };
    const { run, batches } = world(urls, { distributions, invalidate });
    expect(await run()).toBe(true);
    expect(batches().map(([, batch]) => batch)).toEqual([
      { distributionId: "Ea", paths: ["/patch/*"] },
      { distributionId: "Ea", paths: ["#v42", "/2", "/index.html"] },
      { distributionId: "Eb", paths: ["/patch/*"] },
      { distributionId: "Eb", paths: ["#v42", "/index.html"] },
    ]);
  });

  it("of tags alone is of no URL, and names its own field when CloudFront refuses it", async () => {
    const change = { invalidate: { paths: [], tags: ["v42"] }, need_invalidate: false };
    const { run, batches } = world([ONE], change);
    expect(await run()).toBe(true);
    expect(batches()).toEqual([["r1-500-0", { distributionId: "E1", paths: ["#v42"] }]]);
    const refused = world([ONE], change);
    refused.distributions.refuses = REFUSES;
    expect(await refused.run()).toBe(false);
    expect(refused.requests.the().reason).toMatch(/^invalidate: CloudFront refused to invalidate '#v42' in /);
  });

  it.each([
    // Not asked without a pause: CloudFront counts the questions.
    ["a batch is not complete", "asksUntilComplete", 2, [1_000]],
    ["CloudFront takes none, for others are in progress", "busy", 3, [5_000, 5_000, 5_000]],
  ] as const)("waits while %s", async (_, what, times, pauses) => {
    const { run, distributions, slept, sizes } = world([ONE]);
    distributions[what] = times;
    expect(await run()).toBe(true);
    expect([slept, sizes()]).toEqual([pauses, [["r1-500-0", 1]]]);
  });

  it.each([
    ["CloudFront takes none", "busy", 30],
    ["it is not complete", "asksUntilComplete", 150],
  ] as const)("while %s, each run waits for a minute only, and wakes the next one", async (_, what, times) => {
    const { run, distributions, requests, slept, sleptMs } = world([ONE]);
    distributions[what] = times;
    let pausesBeforeWrite = 0;
    const write = requests.updateAndTouch.bind(requests);
    requests.updateAndTouch = async (...change) => {
      pausesBeforeWrite = slept.length;
      return write(...change);
    };
    for (const runs of [1, 2]) {
      expect([await run(), sleptMs()]).toEqual([false, runs * 60_000]);
      // The stream has a record of what was written last, and starts the next run.
      expect(pausesBeforeWrite).toBe(slept.length);
      expect(requests.the()).toMatchObject({ status: "CHECK_POP", invalidated_batches: {} });
    }
    expect(await run()).toBe(true);
  });

  it.each([
    [
      "busy",
      /CloudFront accepted no more invalidations of the distribution E1 until the request timed out \(TooManyInvalidationsInProgress/,
    ],
    ["asksUntilComplete", /E1 had not completed the invalidation I-r1-500-0 before the request timed out/],
  ] as const)("that is late (%s) ends the request in time, with the reason", async (what, reason) => {
    const { run, distributions, requests, sleptMs } = world([ONE], { timeout_at: "2024-04-16 00:00:30.000000" });
    distributions[what] = 1_000;
    expect(await run()).toBe(false);
    expect(requests.the()).toMatchObject({ status: "TIMEOUT", reason: expect.stringMatching(reason) });
    expect(sleptMs()).toBeLessThan(30_000);
  });

  it("ends where the request is not at CHECK_POP any more", async () => {
    const { run, requests } = world(many(1_001));
    const ended = run();
    await requests.end("r1", "STOP");
    expect(await ended).toBe(false);
    expect(requests.the()).toMatchObject({ status: "STOPPED", invalidated_batches: {} });
  });

  it("of nothing is done at once", async () => {
    const { run, batches } = world([]);
    expect([await run(), batches()]).toEqual([true, []]);
  });
});
