// Ranges where the policy has them kept. caching.test.ts has those that are passed on.
import { expect, test } from "vitest";
import { ask, newEdge, seen } from "./client.ts";

const FIRST = { range: "bytes=0-0" };

function keepingEdge() {
  return newEdge({ behaviours: [{ ranges: "kept" }] });
}

test("a range of what is not cached is kept as a fragment, which is not the object", async () => {
  const edge = await keepingEdge();
  const first = await ask(edge, { headers: FIRST });
  expect(first).toMatchObject({ status: 206, bytes: 1, xCache: "Miss from cloudfront", layer: "origin" });
  // This is what fools a client that proves warmth with a range where nothing was downloaded.
  const again = await ask(edge, { headers: FIRST });
  expect(again).toMatchObject({ status: 206, bytes: 1, layer: "EDGE", sha256: first.sha256 });
  expect(again.headers["content-range"]).toBe("bytes 0-0/10000");
  expect(edge.holders("/a.bin")).toEqual([]);
  expect(await seen(edge)).toBe("Miss origin");
  expect(edge.stats()).toMatchObject({ originFetches: 1, originRanges: 1 });
});

test("what is wholly cached answers ranges itself", async () => {
  const edge = await keepingEdge();
  const whole = await ask(edge);
  const part = await ask(edge, { headers: { range: "bytes=5-14" } });
  expect(part).toMatchObject({ status: 206, bytes: 10, xCache: "Hit from cloudfront", layer: "EDGE" });
  expect(await ask(edge, { headers: { range: "bytes=0-9999" } })).toMatchObject({ status: 206, sha256: whole.sha256 });
  expect(await ask(edge, { pop: "BOM78-P1", headers: FIRST })).toMatchObject({ status: 206, layer: "REC" });
  expect(edge.stats()).toMatchObject({ originFetches: 1, originRanges: 0 });
});

test("a range beyond the end is kept nowhere", async () => {
  const edge = await keepingEdge();
  for (let n = 0; n < 2; n += 1) {
    expect(await ask(edge, { headers: { range: "bytes=10000-" } })).toMatchObject({ status: 416, bytes: 0 });
  }
  expect(edge.stats().originRanges).toBe(2);
});
