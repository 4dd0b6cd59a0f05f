// What is kept, where and for how long: by the origin's headers and by policy.
import { expect, test } from "vitest";
import { CACHING_DISABLED } from "../../../tools/edge/behaviour.ts";
import { freshFor, isNeverKept } from "../../../tools/edge/freshness.ts";
import { ask, inTurn, newEdge, seen } from "./client.ts";

const TWICE = [{}, {}];

function object(cacheControl: string) {
  return { size: 2_000, headers: { "cache-control": cacheControl } };
}

test.each(["no-store", "private, max-age=60"])("%s: never kept, always a miss", async (cacheControl) => {
  const edge = await newEdge({ site: { "/a.bin": object(cacheControl) } });
  expect(await inTurn(edge, ...TWICE)).toEqual(["Miss origin", "Miss origin"]);
  expect(edge.holders("/a.bin")).toEqual([]);
  expect(edge.stats()).toMatchObject({ originFetches: 2, originRevalidations: 0 });
});

test.each(["no-cache", "max-age=0"])("%s: the origin is asked each time whether it changed", async (cacheControl) => {
  const edge = await newEdge({ site: { "/a.bin": object(cacheControl) } });
  expect(await inTurn(edge, ...TWICE)).toEqual(["Miss origin", "RefreshHit refresh"]);
  expect(edge.holders("/a.bin")).toEqual([]);
});

test("Vary: * is never served from a cache", async () => {
  const edge = await newEdge({ site: { "/a.bin": { size: 9, headers: { vary: "*" } } } });
  expect(await inTurn(edge, ...TWICE)).toEqual(["Miss origin", "Miss origin"]);
});

test("a minimum TTL overrules the headers", async () => {
  let now = 1_000_000;
  const edge = await newEdge({
    now: () => now,
    site: { "/no-store.bin": object("no-store"), "/vary.bin": { size: 9, headers: { vary: "*" } } },
    behaviours: [{ ttl: { min: 60, default: 60, max: 60 } }],
  });
  for (const path of ["/no-store.bin", "/vary.bin"]) {
    expect(await inTurn(edge, { path }, { path })).toEqual(["Miss origin", "Hit EDGE"]);
  }
  now += 60_000;
  expect(await seen(edge, { path: "/no-store.bin" })).toBe("RefreshHit refresh");
});

test("with caching disabled nothing is kept, and the REC is passed by", async () => {
  const edge = await newEdge({ behaviours: [{ path: "/a*", ...CACHING_DISABLED }] });
  for (const _ of TWICE) {
    const { headers, xCache } = await ask(edge);
    expect(xCache).toBe("Miss from cloudfront");
    expect(headers["server-timing"]).toContain('cdn-upstream-layer;desc="EDGE"');
  }
  expect(edge.holders("/a.bin")).toEqual([]);
});

test("a REC may be passed by for what is kept", async () => {
  const edge = await newEdge({ behaviours: [{ rec: "passed" }] });
  expect(await inTurn(edge, ...TWICE)).toEqual(["Miss origin", "Hit EDGE"]);
  expect(await seen(edge, { pop: "BOM78-P1" })).toBe("Miss origin");
});

test("kept at the REC only: x-cache reads Hit, Server-Timing tells the REC", async () => {
  const edge = await newEdge({ behaviours: [{ keptAt: "rec", pops: ["SIN2-P1"] }] });
  expect(await inTurn(edge, ...TWICE, {})).toEqual(["Miss origin", "Hit REC", "Hit REC"]);
  expect(await inTurn(edge, { pop: "BOM78-P1" }, { pop: "BOM78-P1" })).toEqual(["Hit REC", "Hit EDGE"]);
  const bombay = { layer: "pop", pop: "BOM78-P1", address: edge.addressOf("BOM78-P1"), form: "" };
  expect(edge.holders("/a.bin")).toEqual([bombay, { layer: "rec", rec: "singapore", form: "" }]);
});

test("how long an error is cached can be set for each behaviour", async () => {
  let now = 1_000_000;
  const edge = await newEdge({
    now: () => now,
    errorTtlMs: 2_000,
    behaviours: [{ path: "/long/*", errorTtlMs: 60_000 }],
  });
  const paths = ["/long/no.bin", "/no.bin"];
  const fetches = async () => {
    for (const path of paths) expect(await ask(edge, { path })).toMatchObject({ status: 404 });
    return paths.map((path) => edge.stats().originFetchesByPath[path]);
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
