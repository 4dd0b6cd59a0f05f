// Forms of one object: Accept-Encoding, compression by the edge, and headers in the cache key.
import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { acceptedEncodings, type Behaviour, normalised } from "../../../tools/edge/behaviour.ts";
import type { Edge } from "../../../tools/edge/edge.ts";
import type { SiteObject } from "../../../tools/edge/site.ts";
import { ask, newEdge, open, originSha256, seen } from "./client.ts";

const BOTH = ["br", "gzip"] as const;
const TEXT: SiteObject = { size: 5_000, letters: true, headers: { "content-type": "text/css; charset=utf-8" } };
const COMPRESSING: Behaviour = { encodings: BOTH, compress: true };

function encodedEdge(behaviour: Behaviour, object: SiteObject = TEXT) {
  return newEdge({ site: { "/a.css": object }, behaviours: [behaviour] });
}

/** `x-cache` and Content-Encoding of an answer. */
async function form(edge: Edge, accept: string | undefined, pop = "SIN2-P1") {
  const headers = accept === undefined ? {} : { "accept-encoding": accept };
  const got = await ask(edge, { pop, path: "/a.css", headers });
  return `${got.xCache.split(" ")[0]} ${got.headers["content-encoding"] ?? "identity"}`;
}

test.each([
  ["gzip, deflate, br", "br,gzip"],
  ["br;q=1.0, gzip;q=0.8, *;q=0.1", "br,gzip"],
  ["GZIP", "gzip"],
  ["br", "br"],
  ["br;q=0, gzip", "gzip"],
  ["zstd, deflate, identity", ""],
  ["", ""],
  [undefined, ""],
])("Accept-Encoding %s is %s in the key", (header, expected) => {
  expect(normalised(acceptedEncodings(header, BOTH))).toBe(expected);
  expect(normalised(acceptedEncodings(header, ["gzip"]))).toBe(expected.includes("gzip") ? "gzip" : "");
});

/** {@link form} of each, one after the other. */
async function forms(edge: Edge, ...accepts: readonly (string | undefined)[]) {
  const got: string[] = [];
  for (const accept of accepts) got.push(await form(edge, accept));
  return got;
}

test("each normalised Accept-Encoding is a form of its own; the origin sees it", async () => {
  const edge = await encodedEdge({ encodings: BOTH, compress: false, admission: "first" });
  const got = await forms(edge, "gzip, br", "br,gzip,zstd", "gzip", "br", undefined, "zstd");
  expect(got.map((one) => one.split(" ")[0])).toEqual(["Miss", "Hit", "Miss", "Miss", "Miss", "Hit"]);
  expect(edge.originRequests().map(({ acceptEncoding }) => acceptEncoding)).toEqual([
    "br,gzip",
    "gzip",
    "br",
    undefined,
  ]);
  expect(edge.holders("/a.css")).toHaveLength(8);
  expect(edge.invalidate(["/a.css"])).toBe(8);
});

test("the edge compresses, Brotli before Gzip, and the bytes are the origin's", async () => {
  const edge = await encodedEdge(COMPRESSING);
  const plain = await originSha256(edge, "/a.css");
  for (const [accept, decode] of [
    ["br,gzip", brotliDecompressSync],
    ["gzip", gunzipSync],
  ] as const) {
    const response = await open(edge, { path: "/a.css", headers: { "accept-encoding": accept } });
    const body = Buffer.concat(await response.toArray());
    expect(response.headers).toMatchObject({ "transfer-encoding": "chunked" });
    expect(body.length).toBeLessThan(4_000);
    expect(response.headers).toMatchObject({ vary: "Accept-Encoding", etag: expect.stringMatching(/^W\/"/) });
    expect(createHash("sha256").update(decode(body)).digest("hex")).toBe(plain);
  }
});

test("an edge that is too busy to compress keeps what it has", async () => {
  const edge = await encodedEdge({ ...COMPRESSING, compress: "busy" });
  expect(await form(edge, "br,gzip")).toBe("Miss identity");
  edge.setBehaviours([COMPRESSING]);
  expect(await forms(edge, "br,gzip", "gzip")).toEqual(["Hit identity", "Hit identity"]);
  edge.invalidate(["/a.css"]);
  expect(await form(edge, "br,gzip")).toBe("Miss br");
});

const SAME = ["Miss identity", "Hit identity"];
const APART = ["Miss identity", "Miss identity"];

test.each<[what: string, Behaviour, SiteObject, accepts: readonly (string | undefined)[], forms: readonly string[]]>([
  ["without a policy for it", { encodings: [], compress: false }, TEXT, ["br", "gzip"], SAME],
  ["the better form first", COMPRESSING, TEXT, ["br,gzip", "gzip", "br,gzip"], ["Miss br", "Miss gzip", "Hit br"]],
  ["the worse form first", COMPRESSING, TEXT, ["gzip", "br,gzip"], ["Miss gzip", "Hit gzip"]],
  ["the plain form first", COMPRESSING, TEXT, [undefined, "br,gzip"], SAME],
  ["the smallest", COMPRESSING, { ...TEXT, size: 1_000 }, ["gzip"], ["Miss gzip"]],
  ["the largest", COMPRESSING, { ...TEXT, size: 10_000_000 }, ["gzip"], ["Miss gzip"]],
  ["too small", COMPRESSING, { ...TEXT, size: 999 }, ["br,gzip", "gzip"], APART],
  ["too large", COMPRESSING, { ...TEXT, size: 10_000_001 }, ["br,gzip", "gzip"], APART],
  ["of another type", COMPRESSING, { ...TEXT, headers: { "content-type": "image/png" } }, ["br,gzip", "gzip"], APART],
  [
    "encoded by the origin",
    COMPRESSING,
    { ...TEXT, headers: { ...TEXT.headers, "content-encoding": "identity" } },
    ...([["br,gzip", "gzip"], APART] as const),
  ],
  [
    "without a length",
    COMPRESSING,
    { ...TEXT, cut: { after: 5_000, length: "none" } },
    ...([["br,gzip", "gzip"], APART] as const),
  ],
])("%s: what is cached first is served to all who accept it", async (_, behaviour, object, accepts, expected) => {
  expect(await forms(await encodedEdge(behaviour, object), ...accepts)).toEqual(expected);
});

test("a part of a compressed form is one of its bytes, and a hit has no length either", async () => {
  const edge = await encodedEdge({ admission: "first" });
  const headers = { "accept-encoding": "br, gzip" };
  const whole = Buffer.concat(await (await open(edge, { path: "/a.css", headers })).toArray());
  const hit = await open(edge, { path: "/a.css", headers });
  expect(hit.headers["x-cache"]).toBe("Hit from cloudfront");
  expect(hit.headers).not.toHaveProperty("content-length");
  hit.resume();
  const part = await open(edge, { path: "/a.css", headers: { ...headers, range: "bytes=0-0" } });
  expect(part.headers).toMatchObject({ "content-length": "1", "content-range": `bytes 0-0/${whole.length}` });
  part.resume();
});

test("a compressed form that expired is revalidated", async () => {
  let now = 1_000_000;
  const edge = await newEdge({ now: () => now, site: { "/a.css": TEXT }, behaviours: [COMPRESSING] });
  expect(await form(edge, "br")).toBe("Miss br");
  now += 86_400_000;
  expect(await form(edge, "br")).toBe("RefreshHit br");
});

test("headers in the cache key make forms, and reach the origin", async () => {
  const site = { "/a.bin": { size: 100, vary: ["accept-language", "x-other"] } };
  const edge = await newEdge({ site, behaviours: [{ keyHeaders: ["accept-language"] }], admission: "first" });
  const ask1 = (language: string, other: string) =>
    ask(edge, { headers: { "accept-language": language, "x-other": other } });
  const german = await ask1("de", "1");
  const english = await ask1("en", "1");
  expect([german.layer, english.layer]).toEqual(["origin", "origin"]);
  expect(german.sha256).not.toBe(english.sha256);
  // A header that is not in the key does not reach the origin, and is removed from Vary.
  expect(await ask1("de", "2")).toMatchObject({ layer: "EDGE", sha256: german.sha256 });
  expect(german.headers["vary"]).toBe("accept-language");
  expect(edge.holders("/a.bin").map((holder) => holder.form)).toContain("accept-language: en");
});

test("an object that varies by what is not in the key is served to all as it came first", async () => {
  const edge = await newEdge({ site: { "/a.bin": { size: 100, vary: ["user-agent"] } }, admission: "first" });
  const first = await ask(edge, { headers: { "user-agent": "phone" } });
  expect(await ask(edge, { headers: { "user-agent": "desktop" } })).toMatchObject({
    layer: "EDGE",
    sha256: first.sha256,
  });
  expect(first.headers).not.toHaveProperty("vary");
  expect(await seen(edge, { pop: "FRA56-P4" })).toBe("Miss origin");
});
