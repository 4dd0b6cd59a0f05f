import { describe, expect, it } from "vitest";
import { allowedDistributionsSchema, type OwnDistribution } from "../../../domain/request/distributions.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { GetSizeDeps } from "../../../lambdas/get-size/deps.ts";
import { createHandler } from "../../../lambdas/get-size/handler.ts";
import { serve } from "../../probe/size/server.ts";
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

const at = (path: string) => `http://cdn.example.com/${path}`;
const COLUMNS = ["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts", "variant"];
const row = (pop: string, url: string, variant = "") => [pop, url, "HTTP 403", "403", pop, "id==", "1", variant];
const POPS = ["SIN2-P1", "FRA56-P4", "NRT57-P3"];

/** The request r0, which has ended, and r1, which tries it again. Objects whose path has `gone` are not there. */
async function world(
  objects: Record<string, string[][]>,
  {
    before = {},
    item = {},
    own = [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }],
    fault,
  }: {
    before?: Partial<RequestItem>;
    item?: Partial<RequestItem>;
    own?: readonly OwnDistribution[];
    fault?: Fault;
  } = {},
) {
  const { port, seen } = await serve(({ url = "" }, response) =>
    url.includes("gone") ? response.writeHead(404).end() : response.writeHead(200, { "content-length": 7 }).end(),
  );
  const ended = request({
    req_id: "r0",
    status: "FINISHED",
    active: undefined,
    pops: POPS,
    total_count: 9,
    url_count: 3,
    distributions: [{ label: "d1", names: [] }],
    ...before,
  });
  const retry = request({ retry_of: "r0", pops: POPS, url_count: 3, cf_domain: "d1.cloudfront.net", ...item });
  const requests = new FakeRequests(ended, retry);
  const targets = POPS.map((pop) => target(pop, { req_id: "r0", label: "d1" }));
  const requestPops = new FakeRequestPops(requests, ...targets);
  const lists = new FakeLists({ "r0/failed_urls.csv": [], ...objects });
  const dns = new FakeDns({ "d1.cloudfront.net": ["127.0.0.1"] });
  const distributions = new FakeDistributions(own);
  const ports = { httpsPort: port, httpPort: port };
  const fakes = {
    requests,
    requestPops,
    lists,
    distributions,
    dns,
    ports,
    expandFunction: new FakeAsyncFunction(),
    errorCachingMs: 50,
    ...ownLimits(),
    allowed: allowedDistributionsSchema.parse("*"),
    logger: silent,
  };
  const { deps } = noteCalls<GetSizeDeps>(fakes, fault);
  const run = () => createHandler(deps)(keysEvent({ req_id: "r1" }), { getRemainingTimeInMillis: () => 900_000 });
  return { requests, lists, run, asked: () => seen.map(({ path }) => path) };
}

const REPORT = [COLUMNS, row("NRT57-P3", at("a")), row("SIN2-P1", at("b"))];
const LISTS = {
  "r0/success_urls.csv": [
    [at("a"), "10"],
    [at("b"), ""],
    [at("c"), "5"],
  ],
  "r0/report.csv": REPORT,
};

describe("Get Size of a retry", () => {
  it("asks nothing that is known, and lists each URL with the POPs at which it is to be warmed", async () => {
    const { run, requests, lists, asked } = await world(LISTS);
    await run();
    expect(requests.the()).toMatchObject({ status: "CHECK_POP", pops: ["SIN2-P1", "NRT57-P3"], url_count: 2 });
    expect(lists.objects["r1/success_urls.csv"]).toEqual([
      [at("a"), "10", "", "", "02"],
      [at("b"), "", "", "", "01"],
    ]);
    expect(lists.objects["r1/failed_urls.csv"]).toEqual([]);
    expect(lists.objects["r1.csv"]).toEqual([[at("a")], [at("b")]]);
    expect(asked()).toEqual([]);
  });

  it("asks again for those that could not be read, and warms them at all POPs", async () => {
    const bad = [
      [at("late"), "HTTP 503"],
      [at("gone"), "HTTP 404"],
    ];
    const { run, requests, lists, asked } = await world({ ...LISTS, "r0/failed_urls.csv": bad });
    await run();
    expect(requests.the()).toMatchObject({ status: "CHECK_POP", pops: POPS, url_count: 4 });
    expect(lists.objects["r1/success_urls.csv"]).toEqual([
      [at("a"), "10", "", "", "04"],
      [at("b"), "", "", "", "01"],
      [at("late"), "7", "", "", ""],
    ]);
    expect(lists.objects["r1/failed_urls.csv"]).toEqual([[at("gone"), "HTTP 404", "", "http_4xx", "404"]]);
    expect(new Set(asked())).toEqual(new Set(["/late", "/gone"]));
  });

  it("does not warm what is known, once its host belongs to another distribution than cf_domain names", async () => {
    const own = [
      { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
      { id: "E2", domain: "d2.cloudfront.net", aliases: ["cdn.example.com"] },
    ];
    const { run, lists, requests } = await world(LISTS, { own });
    await run();
    const problem = "cdn.example.com belongs to the distribution E2, not to E1";
    expect(lists.objects["r1/success_urls.csv"]).toEqual([]);
    expect(lists.objects["r1/failed_urls.csv"]).toEqual([
      [at("a"), problem, "", "no_distribution", ""],
      [at("b"), problem, "", "no_distribution", ""],
    ]);
    expect(requests.the()).toMatchObject({ status: "FAILED", reason: expect.stringContaining(problem) });
  });

  it("asks in the variants that could not be read, and keeps the variants of a URL together, in their order", async () => {
    const variants = ["br", "gzip", "plain"].map((name) => ({ name, header: [`X-Form: ${name}`] }));
    const { run, lists, asked } = await world(
      {
        "r0/success_urls.csv": [
          [at("gone"), "10", "gzip"],
          [at("a"), "10", "gzip"],
        ],
        "r0/failed_urls.csv": [
          [at("a"), "HTTP 503", "br"],
          [at("gone"), "HTTP 404", "plain"],
        ],
        "r0/report.csv": [COLUMNS, row("SIN2-P1", at("gone"), "gzip"), row("SIN2-P1", at("a"), "gzip")],
      },
      { item: { variants } },
    );
    await run();
    expect(lists.objects["r1/success_urls.csv"]).toEqual([
      [at("gone"), "10", "gzip", "", "01"],
      [at("a"), "7", "br", "", ""],
      [at("a"), "10", "gzip", "", "01"],
    ]);
    // One variant of several: not all of them are bad.
    expect(lists.objects["r1/failed_urls.csv"]).toEqual([[at("gone"), "HTTP 404", "plain", "http_4xx", "404"]]);
    expect(asked()).toContain("/a");
  });

  it("asks for everything that a request was to warm which ended before its tasks were planned", async () => {
    const before = { total_count: 0, status: "STOPPED" } as const;
    const { run, requests, lists } = await world({ "r0.csv": [[at("a")], [at("b")]] }, { before });
    await run();
    expect(requests.the()).toMatchObject({ status: "CHECK_POP", pops: POPS, url_count: 2 });
    expect(lists.objects["r1/success_urls.csv"]?.toSorted()).toEqual([
      [at("a"), "7"],
      [at("b"), "7"],
    ]);
  });

  it.each([
    ["the lists are gone", {}, /^retry_of: the request r0 cannot be tried again: its lists cannot be read/],
    ["nothing is left", { ...LISTS, "r0/report.csv": [COLUMNS] }, /^The request r0 has no tasks left/],
    [
      "no URL can be read",
      { ...LISTS, "r0/report.csv": [COLUMNS], "r0/failed_urls.csv": [[at("gone"), "HTTP 404", "", "http_4xx", "404"]] },
      /^No URL can be read; the first: HTTP 404/,
    ],
  ])("fails where %s, and says so", async (_, objects, reason) => {
    const { run, requests } = await world(objects);
    await run();
    expect(requests.the()).toMatchObject({ status: "FAILED", reason: expect.stringMatching(reason) });
  });

  it("comes to the same when it is run again after a crash", async () => {
    const seen: string[][] = [];
    for (const crashesAt of ["lists.write", "requests.advance"]) {
      let left = 1;
      const fault: Fault = (name) => (name === crashesAt && left-- > 0 ? "after" : undefined);
      const { run, lists, requests } = await world(LISTS, { fault });
      await run().catch(run);
      expect(requests.the()).toMatchObject({ status: "CHECK_POP", pops: ["SIN2-P1", "NRT57-P3"] });
      seen.push((lists.objects["r1/success_urls.csv"] ?? []).map((columns) => columns.join()));
    }
    expect(seen[0]).toEqual(seen[1]);
  });
});
