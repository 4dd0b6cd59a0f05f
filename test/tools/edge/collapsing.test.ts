// Equal requests at the same time. caching.test.ts has what happens unless something else is said.
import { expect, test } from "vitest";
import type { Policy } from "../../../tools/edge/behaviour.ts";
import type { Edge } from "../../../tools/edge/edge.ts";
import { newEdge, seen } from "./client.ts";

const AT_ONCE = 6;

function slowEdge(collapsing: Policy["collapsing"], headers: Readonly<Record<string, string>> = {}): Promise<Edge> {
  return newEdge({
    site: { "/a.bin": { size: 5_000, headers } },
    behaviours: [{ collapsing }],
    origin: { delayMs: 100 },
  });
}

async function together(edge: Edge): Promise<string[]> {
  return (await Promise.all(Array.from({ length: AT_ONCE }, () => seen(edge)))).sort();
}

function all(answer: string, but: readonly string[]): string[] {
  return [...but, ...Array.from({ length: AT_ONCE - but.length }, () => answer)].sort();
}

test("those that waited read a hit, and are told the layer where the object is now", async () => {
  const edge = await slowEdge("told");
  expect(await together(edge)).toEqual(all("Hit EDGE", ["Miss origin"]));
  expect(edge.stats().originFetches).toBe(1);
});

test("untold: a hit of no layer", async () => {
  expect(await together(await slowEdge("untold"))).toEqual(all("Hit untold", ["Miss origin"]));
});

test("a hit of what is kept nowhere is collapsing's, and no layer is told", async () => {
  const edge = await slowEdge("told", { "cache-control": "no-store" });
  expect(await together(edge)).toEqual(all("Hit untold", ["Miss origin"]));
  expect(await seen(edge)).toBe("Miss origin");
});

test("off: each request is a fetch, and the object is kept all the same", async () => {
  const edge = await slowEdge("off");
  expect(await together(edge)).toEqual(all("Miss origin", []));
  expect(edge.stats().originFetches).toBe(AT_ONCE);
  expect(await seen(edge)).toBe("Hit EDGE");
  const others = await Promise.all([seen(edge, { pop: "FRA56-P4" }), seen(edge, { pop: "FRA56-P4" })]);
  expect(others).toEqual(["Miss origin", "Miss origin"]);
});

test("off: what set out before an invalidation is kept by none of them", async () => {
  const edge = await slowEdge("off");
  const before = together(edge);
  await expect.poll(() => edge.originRequests().length).toBe(AT_ONCE);
  edge.invalidate(["/*"]);
  await before;
  expect(edge.holders("/a.bin")).toEqual([]);
});
