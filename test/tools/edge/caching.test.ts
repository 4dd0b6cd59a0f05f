// The edge as a whole: what a POP and its REC keep, and what they ask the origin.
import { useVirtualClock } from "../../virtual-clock.ts";
import { ALIAS, ask, atOrigin, DOMAIN, expectInTurn, inTurn, newEdge, originSha256, POPS } from "./client.ts";

useVirtualClock({ idleMs: 2 });

const HIT = "Hit from cloudfront";
const MISS = "Miss from cloudfront";
const ERROR = "Error from cloudfront";

test("the first GET fills the REC, and no other REC; the second fills the POP", async () => {
  const edge = await newEdge();
  const thrice = POPS.flatMap(({ pop }) => [{ pop }, { pop }, { pop }]);
  expect(await inTurn(edge, ...thrice)).toEqual([
    ...["Miss origin", "Hit REC", "Hit EDGE"],
    ...["Hit REC", "Hit REC", "Hit EDGE"],
    ...["Miss origin", "Hit REC", "Hit EDGE"],
  ]);
  expect(atOrigin(edge)).toEqual(["GET 200", "GET 200"]);
});

test("the headers are CloudFront's", async () => {
  let now = 1_700_000_000_000;
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
  now += 500;
  expect((await ask(edge)).headers.age).toBe("91");
});

test("one fetch an object and REC, however many ask at once", async () => {
  const site = { "/a.bin": { size: 300_000 }, "/b.bin": { size: 5 }, "/c.bin": { size: 0 } };
  const edge = await newEdge({ site });
  const paths = Object.keys(site);
  const asked = POPS.flatMap(({ pop }) => paths.map((path) => ({ pop, path })));
  const fiftyTimes = Array.from({ length: 50 }, () => asked).flat();
  const answers = await Promise.all(fiftyTimes.map((one) => ask(edge, one)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(edge.originRequests()).toHaveLength(paths.length * 2);
  expect(answers.filter(({ layer }) => layer === "origin")).toHaveLength(paths.length * 2);
  for (const path of paths) expect(edge.holders(path).map(({ layer }) => layer)).toEqual([..."ppprr"].map(layerNamed));
});

const layerNamed = (letter: string) => (letter === "p" ? "pop" : "rec");

test("every layer serves the origin's own bytes", async () => {
  const sizes = [0, 1, 65_535, 65_536, 65_537, 262_145, 20_000_001];
  const site = Object.fromEntries(sizes.map((size) => [`/${size}.bin`, { size }]));
  const edge = await newEdge({ site });
  for (const size of sizes) {
    const path = `/${size}.bin`;
    const sha256 = await originSha256(edge, path);
    for (const pop of ["SIN2-P1", "SIN2-P1", "SIN2-P1"]) {
      const got = await ask(edge, { pop, path, plain: size > 1_000_000 });
      expect(got).toMatchObject({ status: 200, bytes: size, sha256 });
      expect(got.headers["content-length"]).toBe(String(size));
    }
  }
});

test("HEAD tells the size and fills nothing", async () => {
  const edge = await newEdge();
  const head = { method: "HEAD" };
  const missed = {
    status: 200,
    bytes: 0,
    xCache: MISS,
    headers: expect.objectContaining({ "content-length": "10000" }),
  };
  await expectInTurn(edge, [head, missed], [head, missed]);
  expect(atOrigin(edge)).toEqual(["HEAD 200", "HEAD 200"]);
  await expectInTurn(edge, [{}, { xCache: MISS }], [head, { xCache: HIT }]);
});

test("a range is a part of the object, cached or not, and fills nothing", async () => {
  const edge = await newEdge();
  const passedOn = await ask(edge, { range: "bytes=0-0" });
  expect(passedOn).toMatchObject({ status: 206, bytes: 1, xCache: MISS });
  expect(passedOn.headers["content-range"]).toBe("bytes 0-0/10000");
  const { status, bytes, sha256 } = passedOn;
  const headers = expect.objectContaining({ "content-range": "bytes 0-0/10000" });
  await expectInTurn(
    edge,
    [{}, { xCache: MISS }],
    [{ range: "bytes=0-0" }, { status, bytes, sha256, headers, xCache: HIT }],
    [{ range: "bytes=-70" }, { status: 206, bytes: 70 }],
    [{ range: "bytes=10000-" }, { status: 416, bytes: 0 }],
    [{ range: "bytes=0-1,5-6" }, { status: 200, bytes: 10_000 }],
  );
  expect(atOrigin(edge)).toEqual(["GET 206", "GET 200"]);
});

test("an error is cached for ten seconds, a good answer for its max-age", async () => {
  let now = 1_000_000;
  const edge = await newEdge({ now: () => now });
  const path = "/later.bin";
  const after = async (ms: number, got: Parameters<typeof expectInTurn>[1][1]) => {
    now += ms;
    await expectInTurn(edge, [{ path }, got]);
  };
  await after(0, { status: 404, xCache: ERROR });
  edge.addObject(path, { size: 5 });
  await after(9_999, { status: 404 });
  expect(atOrigin(edge)).toEqual(["GET 404"]);
  await after(1, { status: 200, bytes: 5, xCache: MISS });
  await after(86_399_999, { xCache: HIT });
  await after(1, { xCache: "RefreshHit from cloudfront" });
  expect(atOrigin(edge)).toEqual(["GET 404", "GET 200", "GET 304"]);
  edge.addObject(path, { size: 5 });
  await after(86_400_000, { xCache: MISS });
});

test("the status and headers of an object are the origin's", async () => {
  const edge = await newEdge({
    site: { "/moved": { size: 0, status: 301, headers: { location: "/a.bin" } }, "/no": { size: 9, status: 403 } },
  });
  const headers = expect.objectContaining({ location: "/a.bin" });
  await expectInTurn(
    edge,
    [{ path: "/moved" }, { status: 301, xCache: MISS, headers }],
    [{ path: "/no" }, { status: 403, bytes: 9, xCache: ERROR }],
  );
});

test("the path may be percent-encoded; the query is part of the key", async () => {
  const edge = await newEdge({ site: { "/a b(1).bin": { size: 3 } } });
  const path = "/a%20b%281%29.bin";
  for (const query of ["", "?v=1", "?v=2", "?v=1"]) expect((await ask(edge, { path: path + query })).bytes).toBe(3);
  expect(edge.originRequests().map((it) => it.path)).toEqual([path, `${path}?v=1`, `${path}?v=2`]);
});

test("aliases share the distribution's objects, two distributions do not", async () => {
  const other = "d222222abcdef8.cloudfront.net";
  const edge = await newEdge({
    distributions: [{ domain: DOMAIN, aliases: [ALIAS, "*.img.example.com"] }, { domain: other }],
  });
  const same = [{ host: "x.img.example.com" }, { host: DOMAIN.toUpperCase(), servername: DOMAIN }];
  const got = await inTurn(edge, { host: ALIAS }, ...same, { host: other });
  expect(got).toEqual(["Miss origin", "Hit REC", "Hit EDGE", "Miss origin"]);
});

test("a name that is no distribution's is refused, in Host and in SNI", async () => {
  const edge = await newEdge({ distributions: [{ domain: DOMAIN }, { domain: "d222222abcdef8.cloudfront.net" }] });
  const refused = { status: 403, xCache: ERROR };
  await expectInTurn(
    edge,
    [{ host: "www.example.com", servername: DOMAIN }, refused],
    [{ host: DOMAIN, servername: "d333333abcdef8.cloudfront.net" }, refused],
    [{ host: DOMAIN, servername: "d222222abcdef8.cloudfront.net" }, refused],
    [{ host: "SIN2-P1.cloudfront.net", plain: true }, refused],
    [{ method: "POST" }, refused],
  );
  await expect(ask(edge, { servername: `d111111abcdef8.SIN2-P1.cloudfront.net` })).rejects.toThrow(/altname/i);
  expect(atOrigin(edge)).toEqual([]);
});
