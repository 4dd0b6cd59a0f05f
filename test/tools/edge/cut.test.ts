import { expect, test } from "vitest";
import type { Edge } from "../../../tools/edge/edge.ts";
import type { Cut } from "../../../tools/edge/site.ts";
import { ask, newEdge, open, seen } from "./client.ts";

// Bodies that the origin breaks off, and what the edge keeps of them.

const SIZE = 600_000;
const AFTER = 200_000;

function cutEdge(cut: Partial<Cut>): Promise<Edge> {
  return newEdge({ site: { "/a.bin": { size: SIZE, cut: { after: AFTER, length: "stated", ...cut } } } });
}

/** What came, whether the body ended well, and what the head said. */
async function got(edge: Edge, plain = false) {
  const response = await open(edge, { plain });
  const { "content-length": length, "x-cache": xCache } = response.headers;
  let bytes = 0;
  const ended = await (async () => {
    for await (const chunk of response as AsyncIterable<Buffer>) bytes += chunk.length;
    return true;
  })().catch(() => false);
  return { bytes, ended, length, xCache: String(xCache).split(" ")[0] };
}

test.each([true, false])(
  "with Content-Length: broken off for the client too, and not kept, plain: %s",
  async (plain) => {
    const edge = await cutEdge({ length: "stated" });
    const broken = { bytes: AFTER, ended: false, length: String(SIZE), xCache: "Miss" };
    expect(await got(edge, plain)).toEqual(broken);
    expect(edge.holders("/a.bin")).toEqual([]);
    expect(await got(edge, plain)).toEqual(broken);
  },
);

test.each([true, false])("in chunks: broken off at first, then kept as if whole, plain: %s", async (plain) => {
  const edge = await cutEdge({ length: "chunked" });
  expect(await got(edge, plain)).toEqual({ bytes: AFTER, ended: false, length: undefined, xCache: "Miss" });
  expect(await got(edge, plain)).toEqual({ bytes: AFTER, ended: true, length: String(AFTER), xCache: "Hit" });
  expect(edge.holders("/a.bin")).toHaveLength(2);
});

test("without any length: nobody can tell, and it is kept", async () => {
  const edge = await cutEdge({ length: "none" });
  expect(await got(edge)).toEqual({ bytes: AFTER, ended: true, length: undefined, xCache: "Miss" });
  expect(await got(edge)).toEqual({ bytes: AFTER, ended: true, length: String(AFTER), xCache: "Hit" });
});

test("only the first ones, if it is said so; probes never", async () => {
  const edge = await cutEdge({ times: 2 });
  const head = await open(edge, { method: "HEAD" });
  expect(head.headers["content-length"]).toBe(String(SIZE));
  expect([await got(edge), await got(edge), await got(edge)].map(({ ended }) => ended)).toEqual([false, false, true]);
  expect(await got(edge)).toMatchObject({ bytes: SIZE, xCache: "Hit" });
});

// Answers that are no good, though they look so: each was once called a success.

test("206 without a range", async () => {
  const headers = { "content-range": "bytes 0-99/200" };
  const edge = await newEdge({ site: { "/a.bin": { size: 100, status: 206, headers } } });
  for (const xCache of ["Miss from cloudfront", "Hit from cloudfront"]) {
    const got = await ask(edge);
    expect(got).toMatchObject({ status: 206, bytes: 100, xCache });
    expect(got.headers["content-range"]).toBe("bytes 0-99/200");
  }
});

test("204, of the origin and of a POP", async () => {
  const edge = await newEdge({ site: { "/a.bin": { size: 0, status: 204 } } });
  const got = await ask(edge);
  expect(got).toMatchObject({ status: 204, bytes: 0, xCache: "Miss from cloudfront" });
  expect(got.headers).not.toHaveProperty("content-length");
  expect(await ask(edge)).toMatchObject({ status: 204, xCache: "Hit from cloudfront" });
  edge.setFaults(() => ({ kind: "status", status: 204 }));
  expect(await ask(edge)).toMatchObject({ status: 204, bytes: 0 });
});

test("an empty 200, and other bytes than the probe said", async () => {
  const edge = await newEdge({
    site: { "/empty.bin": { size: 0, probedSize: 5_000_000 }, "/short.bin": { size: 40, probedSize: 50 } },
  });
  const lengths = async (path: string) => {
    const head = await ask(edge, { path, method: "HEAD" });
    const byte = await ask(edge, { path, headers: { range: "bytes=0-0" } });
    const { status, bytes } = await ask(edge, { path });
    return [head.headers["content-length"], byte.headers["content-range"], status, bytes];
  };
  expect(await lengths("/empty.bin")).toEqual(["5000000", "bytes 0-0/5000000", 200, 0]);
  expect(await lengths("/short.bin")).toEqual(["50", "bytes 0-0/50", 200, 40]);
});

test("a good answer with x-cache: Error, or any other header", async () => {
  const edge = await newEdge();
  edge.setFaults(() => ({ kind: "headers", headers: { "x-cache": "Error from cloudfront", "x-more": "1" } }));
  const got = await ask(edge);
  expect(got).toMatchObject({ status: 200, bytes: 10_000, xCache: "Error from cloudfront" });
  expect(got.headers["x-more"]).toBe("1");
  edge.setFaults(undefined);
  expect(await seen(edge)).toBe("Hit EDGE");
});
