import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { AliasUnclearError, DnsLookupError } from "../../../domain/net/resolver.ts";
import { LISTS } from "../../../domain/plan/lists.ts";
import { totalsOf } from "../../../domain/plan/plan.ts";
import { allowedDistributionsSchema, type OwnDistribution } from "../../../domain/request/distributions.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { GetSizeDeps } from "../../../lambdas/get-size/deps.ts";
import { createHandler } from "../../../lambdas/get-size/handler.ts";
import { planOf } from "../../plan-of.ts";
import { serve } from "../../probe/size/server.ts";
import { eventually, useVirtualClock } from "../../virtual-clock.ts";
import { FakeAsyncFunction } from "../fakes/async-function.ts";
import { FakeDistributions } from "../fakes/distributions.ts";
import { FakeDns } from "../fakes/dns.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { keysEvent, request, target } from "../items.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";
import { silent } from "../silent.ts";
import { ownLimits } from "./own-limits.ts";

useVirtualClock({ idleMs: 2 });

const EVENT = keysEvent({ req_id: "r1" });
const OWN = { id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] };
const SIZES: Record<string, number> = { "/a": 10, "/b": 0 };
const url = (path: string) => [`http://cdn.example.com${path}`];

async function world({
  paths = ["/a"],
  item = request(),
  hosts = { "d1.cloudfront.net": ["127.0.0.1"] },
  own = [OWN],
  aliases = {},
  remainingMs = 900_000,
  allowedIds = "*",
  unclear = false,
  fault,
}: {
  readonly paths?: readonly string[];
  readonly item?: RequestItem;
  readonly hosts?: Record<string, string[]>;
  readonly own?: readonly OwnDistribution[];
  /** What the DNS says a name is an alias of. */
  readonly aliases?: Record<string, string>;
  readonly remainingMs?: number;
  /** The stack's list of distributions. */
  readonly allowedIds?: string;
  /** Whether the DNS does not answer what a name is an alias of. */
  readonly unclear?: boolean;
  readonly fault?: Fault;
} = {}) {
  const { port, seen, connections } = await serve(({ method, url: path = "", headers }, response) =>
    answer(method, path, String(headers["accept-encoding"] ?? ""), response),
  );
  const requests = new FakeRequests(item);
  const lists = new FakeLists({ "r1.csv": paths.map(url) });
  const ports = { httpsPort: port, httpPort: port };
  const distributions = new FakeDistributions(own);
  const dns = new FakeDns(hosts, aliases);
  if (unclear)
    dns.alias = (name) =>
      Promise.reject(new AliasUnclearError(name, new DnsLookupError(name, "ETIMEOUT", ["192.0.2.53"])));
  const allowed = allowedDistributionsSchema.parse(allowedIds);
  const expandFunction = new FakeAsyncFunction();
  const requestPops = new FakeRequestPops(requests);
  const asked = { distributions, dns, ports, errorCachingMs: 50, ...ownLimits(), expandFunction };
  const fakes = { requests, requestPops, lists, ...asked, allowed, logger: silent };
  const { deps, calls } = noteCalls<GetSizeDeps>(fakes, fault);
  const context = { getRemainingTimeInMillis: () => remainingMs };
  return {
    requests,
    lists,
    expandFunction,
    calls,
    seen,
    connections,
    handle: (event: unknown) => createHandler(deps)(event, context),
    again: (event: unknown) => createHandler(noteCalls<GetSizeDeps>(fakes).deps)(event, context),
  };
}

function answer(method: string | undefined, path: string, accepts: string, response: ServerResponse) {
  if (path.startsWith("/br-only") && !accepts.includes("br")) return response.writeHead(406).end();
  if (path.startsWith("/slow-gzip") && accepts === "gzip") return response;
  if (path.startsWith("/by-form")) return response.writeHead(200, { "content-length": accepts.length }).end();
  if (path.startsWith("/slow/")) return response;
  if (path.startsWith("/late")) return setTimeout(() => response.writeHead(200, { "content-length": 1 }).end(), 700);
  if (path.startsWith("/private"))
    return response.writeHead(200, { "content-length": 1, "cache-control": "private, max-age=60" }).end("x");
  if (path === "/unsized") return response.writeHead(200, { "transfer-encoding": "chunked" }).end("x");
  const size = SIZES[path];
  if (size === undefined) return response.writeHead(404).end();
  return response.writeHead(200, { "content-length": size }).end(method === "HEAD" ? "" : "x".repeat(size));
}

describe("Get Size", () => {
  it("finds the distributions, from the domain or else from the hosts, and asks under their names", async () => {
    const names = ["d1.cloudfront.net", "cdn.example.com"];
    const given = await world({ item: request({ cf_domain: "d1.cloudfront.net" }) });
    await given.handle(EVENT);
    expect(given.requests.the().distributions).toEqual([{ label: "d1", domain: "d1.cloudfront.net", id: "E1", names }]);
    expect(given.seen).toMatchObject([{ headers: { host: "cdn.example.com" } }]);
    const absent = await world();
    await absent.handle(EVENT);
    expect(absent.requests.the().distributions).toMatchObject([{ label: "d1", hosts: ["cdn.example.com"] }]);
  });

  it("hands a request with sources to Expand, and goes on once they are read, from then on with the source of each URL", async () => {
    const sources_read = [
      { type: "list", from: "s3://media/a", documents: 1, urls: 1, left_out: {}, done: true } as const,
    ];
    const created = request({ sources: [{ type: "list", s3: "s3://media/a" }], sources_read });
    const handed = await world({ item: created });
    await handed.handle(EVENT);
    expect([handed.expandFunction.requests, handed.requests.the().status, handed.seen]).toEqual([
      ["r1"],
      "CREATED",
      [],
    ]);
    const reading = await world({ item: { ...created, status: "EXPANDING" } });
    await reading.handle(EVENT);
    expect([reading.expandFunction.requests, reading.requests.the().status]).toEqual([[], "EXPANDING"]);
    const read = await world({ item: { ...created, status: "EXPANDING", sources: [], expanded: "y" } });
    read.lists.objects["r1.csv"] = [
      [...url("/a"), ""],
      [...url("/b"), "1"],
    ];
    await read.handle(EVENT);
    expect(read.requests.the().status).toBe("CHECK_POP");
    expect(read.lists.objects["r1/success_urls.csv"]?.toSorted()).toEqual([
      [...url("/a"), "10", "", ""],
      [...url("/b"), "0", "", "1"],
    ]);
  });

  it.each([
    [
      "of the account",
      [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }],
      /distribution E1, and/,
    ],
    ["of another account", [], /no distribution of this account, and/],
  ])("fails before it asks anything of a distribution %s that the stack's list has not", async (_, own, reason) => {
    const { handle, requests, seen } = await world({
      own,
      aliases: { "cdn.example.com": "d1.cloudfront.net" },
      allowedIds: "E2,E3",
    });
    await handle(EVENT);
    expect(requests.the()).toMatchObject({ status: "FAILED", reason: expect.stringMatching(reason) });
    expect(requests.the().reason).toContain("distributions of this deployment allows E2, E3");
    expect(seen).toEqual([]);
  });

  it("never asks for a host that a more specific alias gives to another distribution, whatever cf_domain says", async () => {
    const own = [
      { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
      { id: "E2", domain: "d2.cloudfront.net", aliases: ["shop.example.com"] },
    ];
    const { handle, requests, lists, seen } = await world({
      own,
      allowedIds: "E1",
      item: request({ cf_domain: "d1.cloudfront.net" }),
    });
    const [shop, a] = ["http://shop.example.com/a", "http://cdn.example.com/a"];
    lists.objects["r1.csv"] = [[a], [shop]];
    await handle(EVENT);
    expect(seen.map(({ headers }) => headers.host)).toEqual(["cdn.example.com"]);
    expect(lists.objects["r1/success_urls.csv"]).toEqual([[a, "10"]]);
    expect(lists.objects["r1/failed_urls.csv"]).toEqual([
      [shop, "shop.example.com belongs to the distribution E2, not to E1", "", "no_distribution", ""],
    ]);
    expect(requests.the().status).toBe("CHECK_POP");
  });

  it("asks those that the list has", async () => {
    const own = [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }];
    const { handle, requests } = await world({ own, allowedIds: "E2,E1" });
    await handle(EVENT);
    expect(requests.the().status).toBe("CHECK_POP");
  });

  it("parts the list into what can be warmed and what cannot: CREATED to CHECK_POP", async () => {
    const { handle, requests, lists } = await world({ paths: ["/a", "/gone", "/b", "/unsized", "/lost"] });
    await handle(EVENT);
    expect(requests.the().status).toBe("CHECK_POP");
    expect(lists.objects["r1/success_urls.csv"]?.toSorted()).toEqual([
      [...url("/a"), "10"],
      [...url("/b"), "0"],
      [...url("/unsized"), ""],
    ]);
    expect(lists.objects["r1/failed_urls.csv"]?.toSorted()).toEqual([
      [...url("/gone"), "HTTP 404", "", "http_4xx", "404"],
      [...url("/lost"), "HTTP 404", "", "http_4xx", "404"],
    ]);
  });

  it("says by reason why URLs cannot be warmed, also where all can: a run before may have said otherwise", async () => {
    const { handle, lists } = await world({ paths: ["/a", ...Array.from({ length: 9 }, (_, i) => `/gone/${i}`)] });
    await handle(EVENT);
    const groups = lists.objects["r1/failed_url_groups.csv"]?.map((row) => LISTS.failedUrlGroups.fromRow(row));
    expect(groups).toMatchObject([{ code: "http_4xx", subject: "url", tasks: 0, urls: 9, pops: 0 }]);
    expect(groups?.[0]?.examples).toHaveLength(3);
    const good = await world({ paths: ["/a"] });
    good.lists.objects["r1/failed_url_groups.csv"] = lists.objects["r1/failed_url_groups.csv"] ?? [];
    await good.handle(EVENT);
    expect(good.lists.objects["r1/failed_url_groups.csv"]).toEqual([]);
  });

  it("counts the URLs whose headers say that they may never be kept, and warms them all the same", async () => {
    const { handle, requests, lists } = await world({ paths: ["/a", "/private?1", "/private?2", "/gone"] });
    await handle(EVENT);
    const { may_not_be_kept } = requests.the();
    expect(may_not_be_kept?.count).toBe(2);
    expect(may_not_be_kept?.examples.toSorted()).toEqual(
      [1, 2].map((n) => `Cache-Control: private of http://cdn.example.com/private?${n}`),
    );
    expect(lists.objects["r1/success_urls.csv"]).toHaveLength(3);
    const plain = await world({ paths: ["/a"] });
    await plain.handle(EVENT);
    expect(plain.requests.the()).not.toHaveProperty("may_not_be_kept");
  });

  describe("of a request with variants", () => {
    const variants = [
      { name: "br", header: ["Accept-Encoding: br,gzip"] },
      { name: "gzip", header: ["Accept-Encoding: gzip"] },
      { name: "plain", header: [] },
    ];
    const item = request({ header: ["X-Token: 1"], variants });
    const rows = ({ lists }: Awaited<ReturnType<typeof world>>) => lists.objects["r1/success_urls.csv"] ?? [];

    it("asks in each, one after the other, with the request's own headers, and keeps a URL's forms together", async () => {
      const w = await world({ item, paths: ["/by-form?1", "/by-form?2"] });
      await w.handle(EVENT);
      expect(w.requests.the().status).toBe("CHECK_POP");
      for (const n of [1, 2]) {
        const asked = w.seen.filter(({ path }) => path === `/by-form?${n}`);
        expect(asked.map(({ headers }) => headers["accept-encoding"])).toEqual(["br,gzip", "gzip", undefined]);
        expect(new Set(asked.map(({ headers }) => headers["x-token"]))).toEqual(new Set(["1"]));
        const first = rows(w).findIndex(([it]) => it === url(`/by-form?${n}`)[0]);
        expect(rows(w).slice(first, first + 3)).toEqual([
          [...url(`/by-form?${n}`), "7", "br"],
          [...url(`/by-form?${n}`), "4", "gzip"],
          [...url(`/by-form?${n}`), "0", "plain"],
        ]);
      }
    });

    it("warms the forms that there are, and names those that there are not", async () => {
      const w = await world({ item, paths: ["/br-only", "/gone"] });
      await w.handle(EVENT);
      expect(rows(w)).toEqual([]);
      const some = await world({ item: request({ variants: variants.slice(0, 2) }), paths: ["/by-form", "/br-only"] });
      SIZES["/br-only"] = 5;
      await some.handle(EVENT);
      delete SIZES["/br-only"];
      expect(rows(some).toSorted()).toEqual([
        [...url("/br-only"), "5", "br"],
        [...url("/by-form"), "4", "gzip"],
        [...url("/by-form"), "7", "br"],
      ]);
      expect(some.lists.objects["r1/failed_urls.csv"]).toEqual([
        [...url("/br-only"), "HTTP 406", "gzip", "http_4xx", "406"],
      ]);
    });

    it("has one row for what is bad in all of them for the same reason, and says which variant was first else", async () => {
      const gone = await world({ item, paths: ["/gone"] });
      await gone.handle(EVENT);
      expect(gone.lists.objects["r1/failed_urls.csv"]).toEqual([[...url("/gone"), "HTTP 404", "", "http_4xx", "404"]]);
      expect(gone.requests.the().reason).toBe("No URL can be read; the first: HTTP 404");
      const other = await world({ item, paths: ["/br-only"] });
      await other.handle(EVENT);
      // It is nowhere: 404 to those who take br, and 406 to the others.
      expect(other.lists.objects["r1/failed_urls.csv"]).toHaveLength(3);
      expect(other.requests.the().reason).toBe("No URL can be read; the first: HTTP 404 (variant br)");
    });

    it("counts a URL once that may never be kept, in however many forms", async () => {
      const w = await world({ item, paths: ["/private", "/a"] });
      await w.handle(EVENT);
      expect(w.requests.the().may_not_be_kept?.count).toBe(1);
    });

    it("warms forms with their size unknown that have not answered in time", async () => {
      const w = await world({ item, paths: ["/slow-gzip"], remainingMs: 120_600 });
      SIZES["/slow-gzip"] = 3;
      await w.handle(EVENT);
      delete SIZES["/slow-gzip"];
      expect(rows(w)).toEqual([
        [...url("/slow-gzip"), "3", "br"],
        [...url("/slow-gzip"), "", "gzip"],
        [...url("/slow-gzip"), "", "plain"],
      ]);
    });

    it("sums up all forms at all POPs", async () => {
      const w = await world({ item, paths: ["/by-form"] });
      await w.handle(EVENT);
      const { distributions } = w.requests.the();
      const targets = ["SIN2-P1", "FRA56-P4"].map((pop) => target(pop, { label: "d1" }));
      expect(await totalsOf(planOf(distributions, targets), w.lists.read(LISTS.goodUrls, "r1"))).toMatchObject({
        total_count: 6,
        total_size: 2 * (7 + 4 + 0),
        tasks_per_target: { d1: 3 },
      });
    });
  });

  it("warms what has not answered in time, with its size unknown, and asks for no more", async () => {
    const slow = Array.from({ length: 200 }, (_, i) => `/slow/${i}`);
    // So little is left beside what is kept back.
    const { handle, requests, lists, seen, connections } = await world({
      paths: ["/a", "/gone", ...slow],
      remainingMs: 120_500,
    });
    await handle(EVENT);
    expect(requests.the().status).toBe("CHECK_POP");
    expect(lists.objects["r1/success_urls.csv"]?.toSorted()).toEqual(
      [[...url("/a"), "10"], ...slow.map((path) => [...url(path), ""])].toSorted(),
    );
    expect(lists.objects["r1/failed_urls.csv"]).toEqual([[...url("/gone"), "HTTP 404", "", "http_4xx", "404"]]);
    // 64 at once, and each of them once.
    expect(seen.length).toBeLessThanOrEqual(66);
    await eventually(connections).toBe(0);
  });

  it("asks nothing where there is no time at all", async () => {
    const { handle, lists, seen } = await world({ paths: ["/a"], remainingMs: 60_000 });
    await handle(EVENT);
    expect(lists.objects["r1/success_urls.csv"]).toEqual([[...url("/a"), ""]]);
    expect(seen).toEqual([]);
  });

  it("fails a request whose distribution the DNS cannot tell, and says so", async () => {
    const { handle, requests, seen } = await world({
      own: [],
      fault: (call) => (call === "dns.alias" ? "before" : undefined),
    });
    await expect(handle(EVENT)).rejects.toThrow("dns.alias");
    expect(requests.the().status).toBe("CREATED");
    const unclear = await world({ own: [], unclear: true });
    await unclear.handle(EVENT);
    expect(unclear.requests.the()).toMatchObject({
      status: "FAILED",
      reason: expect.stringMatching(
        /^The DNS resolver 192\.0\.2\.53 did not answer for cdn\.example\.com \(ETIMEOUT\), so it is unknown which distribution/,
      ),
    });
    expect([...seen, ...unclear.seen]).toEqual([]);
  });

  it("asks nothing where a host or cf_domain leads to no distribution, and says what to do", async () => {
    // Both resolve, and a server is there.
    const hosts = { "cdn.example.com": ["127.0.0.1"], "lb.example.com": ["127.0.0.1"] };
    const absent = await world({ own: [], hosts, paths: ["/a", "/b"] });
    await absent.handle(EVENT);
    const given = await world({ item: request({ cf_domain: "lb.example.com" }), hosts });
    await given.handle(EVENT);
    for (const { requests, seen } of [absent, given]) {
      expect(requests.the()).toMatchObject({
        status: "FAILED",
        reason: expect.stringMatching(/ no name of .* cf_domain, such as d/),
      });
      expect(seen).toEqual([]);
    }
    expect(absent.lists.objects["r1/failed_urls.csv"]).toHaveLength(2);
  });

  it("never asks the URL's own host: with cf_domain it may be anybody's", async () => {
    const hosts = { "cdn.example.com": ["127.0.0.1"] };
    const { handle, requests, seen } = await world({ item: request({ cf_domain: "d404.cloudfront.net" }), hosts });
    await handle(EVENT);
    expect(requests.the().reason).toContain("d404.cloudfront.net does not exist in DNS (ENOTFOUND)");
    expect(seen).toEqual([]);
  });

  it("reads the list whole before it asks anything: S3 closes an answer that is read too slowly", async () => {
    const { lists, seen, handle } = await world({ paths: ["/a", "/b", "/c"] });
    const read = lists.read.bind(lists);
    let askedWhileReading = 0;
    lists.read = async function* (...args) {
      for await (const entry of read(...args)) {
        yield entry;
        await new Promise((resolve) => setTimeout(resolve, 100));
        askedWhileReading = seen.length;
      }
    };
    await handle(EVENT);
    expect(askedWhileReading).toBe(0);
    expect(seen.length).toBeGreaterThan(0);
  });

  it("is not in the way of a list whose body breaks when it idles, however late the answers are", async () => {
    // More than are asked at once.
    const { lists, handle, requests } = await world({ paths: Array.from({ length: 100 }, (_, i) => `/late?${i}`) });
    const read = lists.read.bind(lists);
    lists.read = async function* (...args) {
      for await (const entry of read(...args)) {
        const since = performance.now();
        yield entry;
        if (performance.now() - since > 500) throw new Error("aborted");
      }
    };
    await handle(EVENT);
    expect([requests.the().status, lists.objects["r1/success_urls.csv"]?.length]).toEqual(["CHECK_POP", 100]);
  });

  it("leaves no connection open", async () => {
    const { handle, connections } = await world({ paths: ["/a", "/b"] });
    await handle(EVENT);
    await eventually(connections).toBe(0);
  });

  it("writes both lists before the status says so", async () => {
    const { handle, calls } = await world();
    await handle(EVENT);
    expect(calls.slice(-3)).toEqual(["lists.write", "lists.write", "requests.advance"]);
  });

  it("fails a request of which no URL can be read, and says why", async () => {
    const { handle, requests, lists } = await world({ paths: ["/gone"] });
    await handle(EVENT);
    expect(requests.the()).toMatchObject({ status: "FAILED", reason: "No URL can be read; the first: HTTP 404" });
    expect(requests.the().active).toBeUndefined();
    expect(lists.objects["r1/failed_urls.csv"]).toEqual([[...url("/gone"), "HTTP 404", "", "http_4xx", "404"]]);
  });

  it("looks a host up once, and under the distribution's other names if it has to", async () => {
    const item = request({ cf_domain: "d1.cloudfront.net", pops: ["SIN2-P1"] });
    const { handle, requests, calls, seen } = await world({
      paths: ["/a", "/b"],
      item,
      hosts: { "d1.SIN2-P1.cloudfront.net": ["127.0.0.1"] },
    });
    await handle(EVENT);
    expect(requests.the().status).toBe("CHECK_POP");
    expect(calls.filter((call) => call === "dns.addresses")).toHaveLength(2);
    expect(new Set(seen.map(({ headers }) => headers.host))).toEqual(new Set(["cdn.example.com"]));
  });

  it("says of a host that is nowhere what the DNS said of its likeliest name", async () => {
    const { handle, requests } = await world({ hosts: {} });
    await handle(EVENT);
    expect(requests.the().reason).toBe(
      "No URL can be read; the first: d1.cloudfront.net does not exist in DNS (ENOTFOUND)",
    );
  });

  it.each(["CHECK_POP", "IN_PROGRESS", "STOPPED"] as const)(
    "passes over a request that is %s already",
    async (status) => {
      const { handle, requests, calls } = await world({ item: request({ status }) });
      await handle(EVENT);
      expect(calls).toEqual(["requests.get"]);
      expect(requests.the().status).toBe(status);
    },
  );

  it("passes over a request that is gone", async () => {
    const { handle, calls } = await world();
    await handle(keysEvent({ req_id: "r9" }));
    expect(calls).toEqual(["requests.get"]);
  });

  it("does not bring a request back that was stopped meanwhile", async () => {
    const { handle, requests } = await world({
      fault: (call) => {
        if (call === "lists.read") requests.items.set("r1", request({ status: "STOPPED", active: undefined }));
        return undefined;
      },
    });
    await handle(EVENT);
    expect(requests.the().status).toBe("STOPPED");
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])("run again after call %i failed, it comes to the same", async (n) => {
    for (const when of ["before", "after"] as const) {
      const { handle, again, requests, lists } = await world({
        paths: ["/a", "/gone"],
        fault: (call, i) => (i === n && !call.startsWith("dns.") ? when : undefined),
      });
      await handle(EVENT).catch(() => undefined);
      await again(EVENT);
      expect(requests.the().status).toBe("CHECK_POP");
      expect(lists.objects["r1/success_urls.csv"]).toEqual([[...url("/a"), "10"]]);
      expect(lists.objects["r1/failed_urls.csv"]).toEqual([[...url("/gone"), "HTTP 404", "", "http_4xx", "404"]]);
    }
  });

  it("refuses an event that is none of a stream", async () => {
    await expect((await world()).handle({ req_id: "r1" })).rejects.toThrow();
  });
});
