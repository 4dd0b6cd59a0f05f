import { AliasUnclearError, DnsLookupError } from "../../../domain/net/resolver.ts";
import { LISTS } from "../../../domain/plan/lists.ts";
import { timeBudget } from "../../../lambdas/get-size/handler.ts";
import { times } from "../../collect.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { fakeDns } from "../fakes/dns.ts";
import { request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { measured, url, world } from "./world.ts";

useVirtualClock({ idleMs: 2 });

const GONE = [url("/gone"), "HTTP 404", "", "http_4xx", "404"];

describe("Get Size", () => {
  it.each([
    ["from the domain", { cf_domain: "d1.cloudfront.net" }, undefined],
    ["or else from the hosts", {}, ["cdn.example.com"]],
  ])("finds the distributions %s, and asks under their names", async (_, item, hosts) => {
    const { requests, seen } = await measured({ item });
    const [found, ...others] = requests.the().distributions;
    expect(found).toMatchObject({ label: "d1", domain: "d1.cloudfront.net", id: "E1" });
    expect([found?.hosts, others]).toEqual([hosts, []]);
    expect(seen).toMatchObject([{ headers: { host: "cdn.example.com" } }]);
  });

  it("hands a request with sources to Expand, and goes on once they are read, from then on with the source of each URL", async () => {
    const sources_read = [
      { type: "list", from: "s3://media/a", documents: 1, urls: 1, left_out: {}, done: true } as const,
    ];
    const created = request({ sources: [{ type: "list", s3: "s3://media/a" }], sources_read });
    const { handle, requests, lists, expandFunction, seen, good } = await world({ item: created });
    await handle();
    expect([expandFunction.requests, requests.the().status]).toEqual([["r1"], "CREATED"]);
    requests.set({ ...created, status: "EXPANDING" });
    await handle();
    expect([expandFunction.requests, requests.the().status, seen]).toEqual([["r1"], "EXPANDING", []]);
    requests.set({ ...created, status: "EXPANDING", sources: [], expanded: "y" });
    lists.objects["r1.csv"] = [
      [url("/10"), ""],
      [url("/0"), "1"],
    ];
    await handle();
    expect(requests.the().status).toBe("CHECK_POP");
    expect(good()?.toSorted()).toEqual([
      [url("/0"), "0", "", "1"],
      [url("/10"), "10", "", ""],
    ]);
  });

  it.each([
    ["of the account", undefined, /distribution E1, but/],
    ["of another account", [], /no distribution of this account, but/],
  ])("fails before it asks anything of a distribution %s that the stack's list has not", async (_, own, reason) => {
    const dns = fakeDns({}, { "cdn.example.com": "d1.cloudfront.net" });
    const { requests, seen } = await measured({ dns, allowedIds: "E2,E3", ...(own && { own }) });
    expect(requests.the()).toMatchObject({ status: "FAILED", reason: expect.stringMatching(reason) });
    expect(requests.the().reason).toContain("this deployment allows only E2, E3");
    expect(seen).toEqual([]);
  });

  it("fails before it asks anything if what is to be invalidated may be a tenant's, and tenants cannot be listed", async () => {
    const { requests, seen } = await measured({
      dns: fakeDns({}, { "cdn.example.com": "d1.cloudfront.net" }),
      own: [
        { id: "E1", domain: "-", aliases: [], unserved: "multi-tenant distribution", unlisted: "AccessDenied: no" },
      ],
      item: { need_invalidate: true },
    });
    const reason = expect.stringMatching(/^need_invalidate: .*cdn.example.com.*AccessDenied/);
    expect(requests.the()).toMatchObject({ status: "FAILED", reason });
    expect(seen).toEqual([]);
  });

  it("never asks for a host that a more specific alias gives to another distribution, whatever cf_domain says", async () => {
    const own = [
      { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
      { id: "E2", domain: "d2.cloudfront.net", aliases: ["shop.example.com"] },
    ];
    const { handle, requests, lists, seen, good, bad } = await world({
      own,
      allowedIds: "E1",
      item: { cf_domain: "d1.cloudfront.net" },
    });
    const shop = "http://shop.example.com/a";
    lists.objects["r1.csv"] = [[url("/10")], [shop]];
    await handle();
    expect(seen.map(({ headers }) => headers.host)).toEqual(["cdn.example.com"]);
    expect(good()).toEqual([[url("/10"), "10"]]);
    expect(bad()).toEqual([
      [shop, "shop.example.com belongs to the distribution E2, not to E1", "", "no_distribution", ""],
    ]);
    expect(requests.the().status).toBe("CHECK_POP");
  });

  it("parts the list into what can be warmed and what cannot, by reason; then the status says so: CREATED to CHECK_POP", async () => {
    const paths = ["/10", "/gone", "/0", "/unsized", ...[1, 2, 3].map((n) => `/gone/${n}`)];
    const { requests, lists, calls, connections, good, bad } = await measured({ paths });
    expect(requests.the()).toMatchObject({ status: "CHECK_POP", unreadable_urls: 4 });
    expect(good()?.toSorted()).toEqual([
      [url("/0"), "0"],
      [url("/10"), "10"],
      [url("/unsized"), ""],
    ]);
    expect(bad()).toContainEqual(GONE);
    expect(bad()).toHaveLength(4);
    const groups = lists.objects["r1/failed_url_groups.csv"]?.map((row) => LISTS.failedUrlGroups.fromRow(row));
    expect(groups).toMatchObject([{ code: "http_4xx", subject: "url", tasks: 0, urls: 4, pops: 0 }]);
    expect(groups?.[0]?.examples).toHaveLength(3);
    expect(calls.slice(-3)).toEqual(["lists.write", "lists.write", "requests.advance"]);
    await eventually(connections).toBe(0);
  });

  it("counts the URLs whose headers say that they may never be kept, and warms them all the same", async () => {
    const { handle, requests, good } = await world({ paths: ["/10", "/private?1", "/private?2", "/gone"] });
    await handle();
    const { may_not_be_kept } = requests.the();
    expect(may_not_be_kept?.count).toBe(2);
    expect(may_not_be_kept?.examples.toSorted()).toEqual(
      [1, 2].map((n) => `Cache-Control: private of http://cdn.example.com/private?${n}`),
    );
    expect(good()).toHaveLength(3);
    const plain = await world();
    await plain.handle();
    expect(plain.requests.the()).not.toHaveProperty("may_not_be_kept");
  });

  const variants = [
    { name: "br", header: ["Accept-Encoding: br,gzip"] },
    { name: "gzip", header: ["Accept-Encoding: gzip"] },
    { name: "plain", header: ["Accept-Encoding: identity"] },
  ];

  it("asks in each variant, one after the other, with the request's own headers, and keeps a URL's forms together", async () => {
    const w = await world({ item: { header: ["X-Token: 1"], variants }, paths: ["/by-form?1", "/by-form?2"] });
    await w.handle();
    expect(w.requests.the().status).toBe("CHECK_POP");
    for (const path of ["/by-form?1", "/by-form?2"]) {
      const asked = w.seen.filter((it) => it.path === path);
      expect(asked.map(({ headers }) => headers["accept-encoding"])).toEqual(["br,gzip", "gzip", "identity"]);
      expect(new Set(asked.map(({ headers }) => headers["x-token"]))).toEqual(new Set(["1"]));
      const first = w.good()?.findIndex(([it]) => it === url(path)) ?? 0;
      expect(w.good()?.slice(first, first + 3)).toEqual([
        [url(path), "7", "br"],
        [url(path), "4", "gzip"],
        [url(path), "8", "plain"],
      ]);
    }
  });

  it("counts a URL as unreadable only if no variant can read it: one that can has tasks", async () => {
    const { requests, good, bad } = await measured({ item: { variants }, paths: ["/10?br-only", "/gone", "/0"] });
    expect([requests.the().unreadable_urls, good()?.length, bad()?.length]).toEqual([1, 4, 3]);
  });

  it.each([
    ["/gone", variants, "HTTP 404", 1],
    // It is nowhere: 404 to those who take br, and 406 to the others.
    ["/br-only", variants, "HTTP 404 (variant br)", 3],
  ])("fails a request of which no URL can be read, and says why: %s", async (path, variants, why, rows) => {
    const { requests, bad } = await measured({ paths: [path], item: { variants } });
    expect(requests.the()).toMatchObject({
      status: "FAILED",
      reason: `No URL can be read; the first is ${url(path)} (${why})`,
    });
    expect([requests.the().active, bad()?.length]).toEqual([undefined, rows]);
  });

  it("warms what has not answered in time, with its size unknown, and asks for no more", async () => {
    const slow = times(200, (i) => `/slow/${i}`);
    const paths = ["/10", "/gone", ...slow];
    // So little is left beside what is kept back.
    const { requests, good, bad, seen, connections } = await measured({ paths, remainingMs: 120_500 });
    expect(requests.the().status).toBe("CHECK_POP");
    expect(good()?.toSorted()).toEqual([[url("/10"), "10"], ...slow.map((path) => [url(path), ""])].toSorted());
    expect(bad()).toEqual([GONE]);
    // 64 at once, and each of them once.
    expect(seen.length).toBeLessThanOrEqual(66);
    await eventually(connections).toBe(0);
  });

  it("fails a request whose distribution the DNS cannot tell, and says so; another fault of the DNS may pass", async () => {
    const { handle, requests } = await world({ own: [], fault: failing("dns.alias") });
    await expect(handle()).rejects.toThrow("dns.alias");
    expect(requests.the().status).toBe("CREATED");
    const dns = fakeDns({});
    dns.alias = (name) =>
      Promise.reject(new AliasUnclearError(name, new DnsLookupError(name, "ETIMEOUT", ["192.0.2.53"])));
    const unclear = await world({ own: [], dns });
    await unclear.handle();
    expect(unclear.requests.the()).toMatchObject({
      status: "FAILED",
      reason: expect.stringMatching(
        /^The DNS resolver 192\.0\.2\.53 did not answer for cdn\.example\.com \(ETIMEOUT\), so it is unknown which distribution/,
      ),
    });
    expect(unclear.seen).toEqual([]);
  });

  // All of these hosts resolve, and a server is there: with cf_domain, the URL's own host may be anybody's.
  const reachable = fakeDns({ "cdn.example.com": ["127.0.0.1"], "lb.example.com": ["127.0.0.1"] });
  it.each([
    [
      "a cf_domain that leads to none",
      { item: { cf_domain: "lb.example.com" } },
      / not a domain name of .* domain, such as d/,
    ],
    [
      "a distribution that does not exist",
      { item: { cf_domain: "d404.cloudfront.net" } },
      /d404.cloudfront.net does not exist in DNS \(ENOTFOUND\)/,
    ],
  ])("asks nothing of %s, and says what to do", async (_, given, reason) => {
    const { requests, seen } = await measured({ dns: reachable, ...given });
    expect(requests.the()).toMatchObject({ status: "FAILED", reason: expect.stringMatching(reason) });
    expect(seen).toEqual([]);
  });

  it("reads the list whole before it asks anything: S3 closes an answer that is read too slowly", async () => {
    const { lists, seen, handle } = await world({ paths: ["/1", "/2", "/3"] });
    const read = lists.read.bind(lists);
    let askedWhileReading = 0;
    lists.read = async function* (...args) {
      for await (const entry of read(...args)) {
        yield entry;
        await new Promise((resolve) => setTimeout(resolve, 100));
        askedWhileReading = seen.length;
      }
    };
    await handle();
    expect(askedWhileReading).toBe(0);
    expect(seen.length).toBeGreaterThan(0);
  });

  it.each([
    ["is at CHECK_POP already", "r1", { status: "CHECK_POP" }],
    ["has ended", "r1", { status: "STOPPED" }],
    ["is gone", "r9", {}],
  ] as const)("passes over a request that %s", async (_, reqId, item) => {
    const { handle, calls } = await world({ item });
    await handle(reqId);
    expect(calls).toEqual(["requests.get"]);
  });

  it("does not bring a request back that was stopped meanwhile", async () => {
    const { handle, before, requests } = await world();
    before["lists.read"] = () => requests.end("r1", "STOP");
    await handle();
    expect(requests.the().status).toBe("STOPPED");
  });
});

const NOW = Date.parse("2024-04-16T00:00:00Z");
it.each([
  ["a long request: the function's time, less what is kept back", 900_000, 1_440, 780_000],
  ["a short request: a quarter of its time", 900_000, 5, 75_000],
  ["a function that has hardly any time left: none", 100_000, 1_440, 0],
  ["a request that is over: none", 900_000, -1, 0],
])("the time for sizes of %s", (_, remainingMs, minutes, budget) => {
  expect(timeBudget(remainingMs, NOW, NOW + minutes * 60_000)).toBe(budget);
});
