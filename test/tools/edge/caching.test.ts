// The edge as a whole: what a POP and its REC keep, and what they ask the origin.
import { expect, test } from "vitest";
import { useVirtualClock } from "../../virtual-clock.ts";
import { ALIAS, ask, DOMAIN, inTurn, newEdge, originSha256, POPS } from "./client.ts";

useVirtualClock({ idleMs: 2 });

test("a miss fills the POP and its REC, and no other REC", async () => {
  const edge = await newEdge();
  const asked = ["SIN2-P1", "SIN2-P1", "BOM78-P1", "BOM78-P1", "FRA56-P4", "FRA56-P4"].map((pop) => ({ pop }));
  expect(await inTurn(edge, ...asked)).toEqual([
    ...["Miss origin", "Hit EDGE", "Hit REC", "Hit EDGE", "Miss origin", "Hit EDGE"],
  ]);
  const { originFetches, originFetchesByPath, byPop } = edge.stats();
  expect({ originFetches, originFetchesByPath }).toEqual({ originFetches: 2, originFetchesByPath: { "/a.bin": 2 } });
  const each = { requests: 2, hits: 1, recHits: 0, misses: 1, heads: 0, errors: 0, bytes: 20_000 };
  expect(byPop).toEqual({ "SIN2-P1": each, "BOM78-P1": { ...each, recHits: 1, misses: 0 }, "FRA56-P4": each });
});

test("the headers are CloudFront's", async () => {
  let now = Date.now();
  const edge = await newEdge({ now: () => now });
  const miss = await ask(edge);
  expect(miss.headers).toMatchObject({
    "content-length": "10000",
    via: expect.stringMatching(/^1\.1 \w{32}\.cloudfront/),
  });
  expect(miss.headers["x-amz-cf-id"]).toMatch(/^[\w-]{54}==$/);
  expect(miss.headers).not.toHaveProperty("age");
  now += 90_500;
  const hit = await ask(edge);
  expect(hit.headers).toMatchObject({ age: "90", etag: miss.headers.etag, "cache-control": "max-age=86400" });
  expect(hit.headers["x-amz-cf-id"]).not.toBe(miss.headers["x-amz-cf-id"]);
});

test("one fetch an object and REC, however many ask at once", async () => {
  const site = { "/a.bin": { size: 300_000 }, "/b.bin": { size: 5 }, "/c.bin": { size: 0 } };
  const edge = await newEdge({ site });
  const paths = Object.keys(site);
  const asked = Array.from({ length: 50 }, (_, n) =>
    paths.flatMap((path) => ({ pop: POPS[n % 3]?.pop ?? "", path })),
  ).flat();
  const answers = await Promise.all(asked.map((one) => ask(edge, one)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const { originFetches, byPop } = edge.stats();
  expect(originFetches).toBe(paths.length * 2);
  const counts = Object.values(byPop);
  expect(counts.reduce((sum, { misses }) => sum + misses, 0)).toBe(originFetches);
  expect(counts.reduce((sum, { misses, recHits }) => sum + misses + recHits, 0)).toBe(paths.length * POPS.length);
  expect(counts.reduce((sum, { requests }) => sum + requests, 0)).toBe(150);
});

test("every layer serves the origin's own bytes", async () => {
  const sizes = [0, 1, 65_535, 65_536, 65_537, 262_145, 20_000_001];
  const site = Object.fromEntries(sizes.map((size) => [`/${size}.bin`, { size }]));
  const edge = await newEdge({ site });
  for (const size of sizes) {
    const path = `/${size}.bin`;
    const sha256 = await originSha256(edge, path);
    for (const pop of ["SIN2-P1", "SIN2-P1", "BOM78-P1"]) {
      const got = await ask(edge, { pop, path, plain: size > 1_000_000 });
      expect(got).toMatchObject({ status: 200, bytes: size, sha256 });
      expect(got.headers["content-length"]).toBe(String(size));
    }
  }
});

test("HEAD tells the size and fills nothing", async () => {
  const edge = await newEdge();
  for (let n = 0; n < 2; n += 1) {
    const head = await ask(edge, { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, bytes: 0, xCache: "Miss from cloudfront" });
    expect(head.headers["content-length"]).toBe("10000");
  }
  expect(edge.stats()).toMatchObject({
    originFetches: 0,
    originHeads: 2,
    byPop: { "SIN2-P1": { heads: 2, misses: 0 } },
  });
  expect((await ask(edge)).xCache).toBe("Miss from cloudfront");
  expect((await ask(edge, { method: "HEAD" })).xCache).toBe("Hit from cloudfront");
});

test("a range is a part of the object, cached or not, and fills nothing", async () => {
  const edge = await newEdge();
  const headers = { range: "bytes=0-0" };
  const passedOn = await ask(edge, { headers });
  expect(passedOn).toMatchObject({ status: 206, bytes: 1, xCache: "Miss from cloudfront" });
  expect(passedOn.headers["content-range"]).toBe("bytes 0-0/10000");
  expect((await ask(edge)).xCache).toBe("Miss from cloudfront");
  const cached = await ask(edge, { headers });
  expect(cached).toMatchObject({ status: 206, sha256: passedOn.sha256, xCache: "Hit from cloudfront" });
  expect(cached.headers["content-range"]).toBe("bytes 0-0/10000");
  expect(await ask(edge, { headers: { range: "bytes=-70" } })).toMatchObject({ status: 206, bytes: 70 });
  expect(await ask(edge, { headers: { range: "bytes=10000-" } })).toMatchObject({ status: 416, bytes: 0 });
  expect(await ask(edge, { headers: { range: "bytes=0-1,5-6" } })).toMatchObject({ status: 200, bytes: 10_000 });
  expect(edge.stats()).toMatchObject({ originFetches: 1, originRanges: 1 });
});

test("an error is cached for ten seconds, a good answer for its max-age", async () => {
  let now = 1_000_000;
  const edge = await newEdge({ now: () => now });
  const path = "/later.bin";
  expect(await ask(edge, { path })).toMatchObject({ status: 404, xCache: "Error from cloudfront" });
  edge.addObject(path, { size: 5 });
  now += 9_999;
  expect(await ask(edge, { path })).toMatchObject({ status: 404 });
  expect(edge.stats().originFetches).toBe(1);
  now += 1;
  expect(await ask(edge, { path })).toMatchObject({ status: 200, bytes: 5, xCache: "Miss from cloudfront" });
  now += 86_399_999;
  expect((await ask(edge, { path })).xCache).toBe("Hit from cloudfront");
  now += 1;
  expect((await ask(edge, { path })).xCache).toBe("RefreshHit from cloudfront");
  expect(edge.stats()).toMatchObject({ originFetches: 2, originRevalidations: 1 });
  now += 86_400_000;
  edge.addObject(path, { size: 5 });
  expect((await ask(edge, { path })).xCache).toBe("Miss from cloudfront");
});

test("the status and headers of an object are the origin's", async () => {
  const edge = await newEdge({
    site: { "/moved": { size: 0, status: 301, headers: { location: "/a.bin" } }, "/no": { size: 9, status: 403 } },
  });
  const moved = await ask(edge, { path: "/moved" });
  expect(moved).toMatchObject({ status: 301, xCache: "Miss from cloudfront" });
  expect(moved.headers.location).toBe("/a.bin");
  expect(await ask(edge, { path: "/no" })).toMatchObject({ status: 403, bytes: 9, xCache: "Error from cloudfront" });
});

test("the path may be percent-encoded; the query is part of the key", async () => {
  const edge = await newEdge({ site: { "/a b(1).bin": { size: 3 } } });
  const path = "/a%20b%281%29.bin";
  for (const query of ["", "?v=1", "?v=2", "?v=1"]) expect((await ask(edge, { path: path + query })).bytes).toBe(3);
  expect(edge.stats().originFetchesByPath).toEqual({ [path]: 1, [`${path}?v=1`]: 1, [`${path}?v=2`]: 1 });
});

test("aliases share the distribution's objects, two distributions do not", async () => {
  const other = "d222222abcdef8.cloudfront.net";
  const edge = await newEdge({
    distributions: [{ domain: DOMAIN, aliases: [ALIAS, "*.img.example.com"] }, { domain: other }],
  });
  const same = [{ host: "x.img.example.com" }, { host: DOMAIN.toUpperCase(), servername: DOMAIN }];
  const got = await inTurn(edge, { host: ALIAS }, ...same, { host: other });
  expect(got).toEqual(["Miss origin", "Hit EDGE", "Hit EDGE", "Miss origin"]);
});

test("a name that is no distribution's is refused, in Host and in SNI", async () => {
  const edge = await newEdge({ distributions: [{ domain: DOMAIN }, { domain: "d222222abcdef8.cloudfront.net" }] });
  const refused = { status: 403, xCache: "Error from cloudfront" };
  for (const asked of [
    { host: "www.example.com", servername: DOMAIN },
    { host: DOMAIN, servername: "d333333abcdef8.cloudfront.net" },
    { host: DOMAIN, servername: "d222222abcdef8.cloudfront.net" },
    { host: "SIN2-P1.cloudfront.net", plain: true },
    { method: "POST" },
  ])
    expect(await ask(edge, asked)).toMatchObject(refused);
  await expect(ask(edge, { servername: `d111111abcdef8.SIN2-P1.cloudfront.net` })).rejects.toThrow(/altname/i);
  expect(edge.stats()).toMatchObject({ originFetches: 0, byPop: { "SIN2-P1": { errors: 5 } } });
});
