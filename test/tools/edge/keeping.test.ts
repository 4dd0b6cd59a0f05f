// What is kept, where and for how long: by the origin's headers and by policy.
import { CACHING_DISABLED } from "../../../tools/edge/behaviour.ts";
import type { EdgeOptions } from "../../../tools/edge/edge-options.ts";
import { freshFor, isNeverKept } from "../../../tools/edge/freshness.ts";
import { type Asked, ask, atOrigin, expectInTurn, inTurn, newEdge } from "./client.ts";

const TWICE: readonly Asked[] = [{}, {}];
const THRICE = [...TWICE, {}];
const FIVE_TIMES = [...THRICE, ...TWICE];
const SHIELDED = ["Miss origin", "Hit Origin Shield", "Hit EDGE"];
const BOMBAY = { pop: "BOM78-P1" };
const FIRST_BYTE = { range: "bytes=0-0" };
const PRAGMA = { headers: { pragma: "server-timing" } };
const withHeaders = (headers: Readonly<Record<string, string>>) => ({ "/a.bin": { size: 2_000, headers } });
const cached = (cacheControl: string) => withHeaders({ "cache-control": cacheControl });
const ALWAYS_A_MINUTE = { ttl: { min: 60, default: 60, max: 60 } };

// What is asked in turn, what each answer says of itself, and how many caches have the object in the end.
test.each<[what: string, Partial<EdgeOptions>, readonly Asked[], saw: readonly string[], holders: number]>([
  ["no-store", { site: cached("no-store") }, TWICE, ["Miss origin", "Miss origin"], 0],
  ["private", { site: cached("private, max-age=60") }, TWICE, ["Miss origin", "Miss origin"], 0],
  ["no-cache", { site: cached("no-cache") }, TWICE, ["Miss origin", "RefreshHit refresh"], 0],
  ["max-age=0", { site: cached("max-age=0") }, TWICE, ["Miss origin", "RefreshHit refresh"], 0],
  ["Vary: *", { site: withHeaders({ vary: "*" }) }, TWICE, ["Miss origin", "Miss origin"], 0],
  [
    "no-store below a minimum TTL",
    { site: cached("no-store"), behaviours: [ALWAYS_A_MINUTE] },
    ...([THRICE, ["Miss origin", "Hit REC", "Hit EDGE"], 2] as const),
  ],
  [
    "Vary: * below a minimum TTL",
    { site: withHeaders({ vary: "*" }), behaviours: [ALWAYS_A_MINUTE] },
    ...([THRICE, ["Miss origin", "Hit REC", "Hit EDGE"], 2] as const),
  ],
  ["CachingDisabled", { behaviours: [CACHING_DISABLED] }, TWICE, ["Miss origin", "Miss origin"], 0],
  [
    "a REC that is passed by",
    { behaviours: [{ rec: "passed" }] },
    [...THRICE, BOMBAY],
    ["Miss origin", "Miss origin", "Hit EDGE", "Miss origin"],
    1,
  ],
  ["an Origin Shield", { behaviours: [{ originShield: "eu", rec: "passed" }] }, THRICE, SHIELDED, 1],
  [
    "the REC as the only cache",
    { behaviours: [{ keptAt: "rec", pops: ["SIN2-P1"] }] },
    [...THRICE, BOMBAY, BOMBAY, BOMBAY],
    ["Miss origin", "Hit REC", "Hit REC", "Hit REC", "Hit REC", "Hit EDGE"],
    2,
  ],
  [
    "an eviction after the request that filled the POP",
    { behaviours: [{ evict: { after: 1, times: 1 } }] },
    ...([FIVE_TIMES, ["Miss origin", "Hit REC", "Hit REC", "Hit REC", "Hit EDGE"], 2] as const),
  ],
  [
    "an eviction after each request",
    { behaviours: [{ evict: { after: 1 } }] },
    ...([FIVE_TIMES, ["Miss origin", "Hit REC", "Hit REC", "Hit REC", "Hit REC"], 1] as const),
  ],
  [
    "an eviction after three requests, of ranges too",
    { behaviours: [{ evict: { after: 3 } }] },
    [...TWICE, FIRST_BYTE, {}],
    ["Miss origin", "Hit REC", "Hit EDGE", "Hit REC"],
    1,
  ],
  [
    "ranges that are kept",
    { behaviours: [{ ranges: "kept" }] },
    [FIRST_BYTE, { range: "bytes=0-1" }, { ...BOMBAY, ...FIRST_BYTE }],
    ["Miss origin", "Miss origin", "Hit REC"],
    0,
  ],
  ["Server-Timing off", { behaviours: [{ serverTiming: "off" }] }, [PRAGMA, PRAGMA], ["Miss -", "Hit -"], 2],
  ["Server-Timing on demand", { behaviours: [{ serverTiming: 0 }] }, [{}, PRAGMA], ["Miss -", "Hit REC"], 2],
  ["an admission at the first request", { admission: "first" }, TWICE, ["Miss origin", "Hit EDGE"], 2],
])("with %s, each answer and each cache is as at CloudFront", async (_, options, asked, saw, holders) => {
  const edge = await newEdge(options);
  expect(await inTurn(edge, ...asked)).toEqual(saw);
  expect(edge.holders("/a.bin")).toHaveLength(holders);
});

test("with caching disabled the POP asks the origin itself", async () => {
  const { headers } = await ask(await newEdge({ behaviours: [CACHING_DISABLED] }));
  expect(headers["server-timing"]).toContain('cdn-upstream-layer;desc="EDGE"');
});

// Ranges where the policy has them kept. caching.test.ts has those that are passed on.
const keepingEdge = () => newEdge({ admission: "first", behaviours: [{ ranges: "kept" }] });

test("a range of what is not cached is kept as a fragment, which is not the object", async () => {
  const edge = await keepingEdge();
  const first = await ask(edge, FIRST_BYTE);
  expect(first).toMatchObject({ status: 206, bytes: 1, xCache: "Miss from cloudfront", layer: "origin" });
  // This is what fools a client that proves warmth with a range where nothing was downloaded.
  const headers = expect.objectContaining({ "content-range": "bytes 0-0/10000" });
  await expectInTurn(edge, [FIRST_BYTE, { status: 206, bytes: 1, layer: "EDGE", sha256: first.sha256, headers }]);
  expect(edge.holders("/a.bin")).toEqual([]);
  await expectInTurn(edge, [{}, { xCache: "Miss from cloudfront", layer: "origin" }]);
  expect(atOrigin(edge)).toEqual(["GET 206", "GET 200"]);
});

test("a HEAD has the whole object fetched and kept, if the policy says so", async () => {
  const edge = await newEdge({ behaviours: [{ heads: "kept", admission: "first" }] });
  await expectInTurn(
    edge,
    [{ method: "HEAD" }, { status: 200, bytes: 0, xCache: "Miss from cloudfront" }],
    [{}, { status: 200, bytes: 10_000, layer: "EDGE" }],
  );
  expect(atOrigin(edge)).toEqual(["GET 200"]);
});

test("what is wholly cached answers ranges itself", async () => {
  const edge = await keepingEdge();
  const { sha256 } = await ask(edge);
  await expectInTurn(
    edge,
    [{ range: "bytes=5-14" }, { status: 206, bytes: 10, xCache: "Hit from cloudfront", layer: "EDGE" }],
    [{ range: "bytes=0-9999" }, { status: 206, sha256 }],
    [
      { ...BOMBAY, ...FIRST_BYTE },
      { status: 206, layer: "REC" },
    ],
  );
  expect(atOrigin(edge)).toEqual(["GET 200"]);
});

test("a range beyond the end is kept nowhere", async () => {
  const edge = await keepingEdge();
  const beyond = [{ range: "bytes=10000-" }, { status: 416, bytes: 0 }] as const;
  await expectInTurn(edge, beyond, beyond);
  expect(atOrigin(edge)).toEqual(["GET 416", "GET 416"]);
});

test("how long an error is cached can be set for each behaviour", async () => {
  let now = 1_000_000;
  const edge = await newEdge({
    now: () => now,
    behaviours: [{ path: "/long/*", errorTtlMs: 60_000 }, { errorTtlMs: 2_000 }],
  });
  const paths = ["/long/no.bin", "/no.bin"];
  const fetches = async () => {
    for (const path of paths) expect(await ask(edge, { path })).toMatchObject({ status: 404 });
    return paths.map((path) => edge.originRequests().filter((it) => it.path === path).length);
  };
  expect(await fetches()).toEqual([1, 1]);
  now += 1_999;
  expect(await fetches()).toEqual([1, 1]);
  now += 1;
  expect(await fetches()).toEqual([1, 2]);
  now += 58_000;
  expect(await fetches()).toEqual([2, 3]);
});

test("Expires counts where Cache-Control says nothing, and a maximum TTL limits both", () => {
  const ttl = { min: 0, default: 50, max: 100 };
  const at = (seconds: number) => new Date(1_000_000 + seconds * 1000).toUTCString();
  const ms = (cacheControl?: string, expires?: string) =>
    freshFor(200, cacheControl, 0, { ttl, expires, now: 1_000_000 });
  const given = [ms(), ms(undefined, at(20)), ms(undefined, at(-20)), ms(undefined, at(200))];
  expect(given).toEqual([50_000, 20_000, 0, 100_000]);
  expect([ms("max-age=70", at(20)), ms("max-age=700")]).toEqual([70_000, 100_000]);
  const dated = { status: 503, cacheControl: "no-store", expires: undefined, vary: undefined };
  expect(isNeverKept(dated, ttl)).toBe(false);
  expect(isNeverKept({ ...dated, status: 416 }, ttl)).toBe(true);
});
