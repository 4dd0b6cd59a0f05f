// Answers that are no good, though they look so: each was once called a success.
import { expect, test } from "vitest";
import { ask, newEdge, seen } from "./client.ts";

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
