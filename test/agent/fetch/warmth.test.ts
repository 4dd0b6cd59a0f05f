/**
 * What Prewarm says of objects at a hard edge, against what the edge's caches truly have. Without Server-Timing nothing is
 * called warm; and nothing is ever called warm or a hit that no cache keeps.
 */
import { RequestTracker } from "../../../agent/fetch/request-tracker.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { CACHING_DISABLED } from "../../../tools/edge/behaviour.ts";
import type { SiteObject } from "../../../tools/edge/site.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { type Download, download, edge, SIZE, useEdge } from "./edge-world.ts";

useVirtualClock({ idleMs: 2 });

useEdge({
  logPops: true,
  pops: [{ pop: "SIN2-P1", rec: "singapore", addresses: 2 }],
  behaviours: [
    { path: "/untold/policy/*", serverTiming: "off", ...CACHING_DISABLED },
    { path: "/untold/*", serverTiming: "off" },
    { path: "/told/policy/*", serverTiming: 0, ...CACHING_DISABLED },
    // Collapsed responses report the edge, as the worst that may be.
    { path: "/told/shared/*", serverTiming: 0, collapsing: "false-layer" },
    // Only for a request with Pragma: server-timing.
    { path: "/told/*", serverTiming: 0 },
  ],
});

const NEVER = { "cache-control": "no-store" };
const BIG: SiteObject = { size: SIZE };
const urlOf = (path: string) => `https://www.example.com${path}`;

/** Puts an object on the origin and warms it. */
async function warm(path: string, site: SiteObject, more: Partial<Download> = {}): Promise<TaskResult> {
  edge.addObject(path, site);
  return download({ url: urlOf(path), bytes: site.probedSize ?? site.size, ...more });
}

/** What was asked at POPs: where, and what of it. */
const asked = (path: string) =>
  edge.popRequests().flatMap((it) => (it.path === path ? [{ address: it.address, range: it.range }] : []));
const ranges = (path: string) => asked(path).map(({ range }) => range ?? "whole");
const keptAtPop = (path: string) => edge.holders(path).filter(({ layer }) => layer === "pop").length;

const oneOf = (pop: string) => edge.addressesOf(pop).slice(0, 1);

describe.each(["told", "untold"] as const)("tier %s", (tier) => {
  const good = tier === "told" ? "warm" : "hit";

  test("an object that is kept", async () => {
    const path = `/${tier}/kept.bin`;
    expect(await warm(path, BIG)).toMatchObject({
      ok: true,
      outcome: good,
      bytes: SIZE,
      rounds: 2,
      x_cache: "Hit from cloudfront",
      // The check comes 2.2 s after the first download.
      age: expect.toSatisfy((age: number) => age === 2 || age === 3),
      tier: tier === "told" ? "EDGE" : undefined,
      reason: undefined,
      error: undefined,
    });
    expect(ranges(path)).toEqual(["whole", "whole", "bytes=0-0"]);
    expect(new Set(asked(path).map(({ address }) => address)).size).toBe(1);
    expect(keptAtPop(path)).toBeGreaterThan(0);
  });

  test.each<[string, SiteObject, because: RegExp]>([
    ["no-store", { ...BIG, headers: NEVER }, /Cache-Control: no-store, so caches may not store the object/],
    ["policy", BIG, /so check the cache policy; the object may also have been evicted/],
  ])("never kept: %s", async (name, site, because) => {
    const path = `/${tier}/${name}/a.bin`;
    expect(await warm(path, site)).toMatchObject({
      ok: false,
      outcome: "not_kept",
      reason: "not_kept",
      rounds: 2,
      attempts: 1,
      bytes: SIZE,
      http_status: 200,
      error: expect.stringMatching(because),
    });
    expect(ranges(path)).toEqual(["whole", "whole", "bytes=0-0"]);
  });
});

test.each(["told", "untold"])("tier %s: hits of collapsing, of what is kept nowhere, are none", async (tier) => {
  const path = `/${tier}/collapsed.bin`;
  edge.setOrigin({ delayMs: 100 });
  const results = await Promise.all(
    Array.from({ length: 12 }, () => warm(path, { size: 500, headers: NEVER }, { message: { ips: oneOf("SIN2-P1") } })),
  );
  edge.setOrigin({});
  // Some have read a hit: of an answer that was under way.
  expect(edge.popRequests().filter((it) => it.path === path && it.source === "pop").length).toBeGreaterThan(0);
  expect(keptAtPop(path)).toBe(0);
  expect(results.map(({ outcome }) => outcome)).toEqual(Array(12).fill("not_kept"));
});

test("a hit with an Age that its origin sends is not warm", async () => {
  const own = { options: { tracker: new RequestTracker() } };
  const result = await warm("/told/aging.bin", { size: 500, headers: { age: "100" } }, own);
  expect(result).toMatchObject({ ok: true, outcome: "hit", warning: "origin_age" });
});
