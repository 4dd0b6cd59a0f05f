import { setTimeout as after } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Fault } from "../../../tools/edge/faults.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { ask, newEdge, open } from "./client.ts";

useVirtualClock({ idleMs: 2 });

const SIZE = 1_000_000;

async function faulty(fault: Fault) {
  return newEdge({ site: { "/a.bin": { size: SIZE } }, faults: () => fault });
}

/** Bytes that came before the answer broke off, and how it broke off. */
async function broken(response: AsyncIterable<Buffer>): Promise<{ bytes: number; code: string }> {
  let bytes = 0;
  try {
    for await (const chunk of response) bytes += chunk.length;
  } catch (error) {
    return { bytes, code: String((error as NodeJS.ErrnoException).code) };
  }
  return { bytes, code: "none" };
}

test("the hook sees the request and can be changed", async () => {
  const edge = await newEdge({ pops: [{ pop: "SIN2-P1", rec: "singapore", addresses: 2 }] });
  const seen: unknown[] = [];
  edge.setFaults(({ headers, ...request }) => {
    seen.push({ ...request, token: headers["x-token"] });
    return { kind: "status", status: 503 };
  });
  expect((await ask(edge, { path: "/a.bin?v=1", headers: { "x-token": "t" } })).status).toBe(503);
  const [address] = edge.addressesOf("SIN2-P1");
  expect(seen).toEqual([
    { pop: "SIN2-P1", address, client: "127.0.0.1", method: "GET", path: "/a.bin?v=1", token: "t" },
  ]);
  edge.setFaults(undefined);
  expect((await ask(edge)).status).toBe(200);
});

test.each([true, false])("drip, plain: %s", async (plain) => {
  const edge = await faulty({ kind: "drip", bytesPerSecond: 4 * SIZE });
  const started = performance.now();
  expect(await broken(await open(edge, { plain }))).toEqual({ bytes: SIZE, code: "none" });
  // A quarter of a second's worth, in steps of 50 ms.
  expect(performance.now() - started).toBeGreaterThanOrEqual(200);
  expect(edge.stats().byPop["SIN2-P1"]).toMatchObject({ misses: 1, errors: 0, bytes: SIZE });
});

test("status", async () => {
  const edge = await faulty({ kind: "status", status: 302, headers: { location: "https://example.com/" } });
  const got = await ask(edge);
  expect(got).toMatchObject({ status: 302, xCache: "Redirect from cloudfront" });
  expect(got.headers.location).toBe("https://example.com/");
  expect(edge.stats()).toMatchObject({ originFetches: 0, byPop: { "SIN2-P1": { requests: 1, errors: 1 } } });
});

test.each([true, false])("truncate, plain: %s", async (plain) => {
  const edge = await faulty({ kind: "truncate", after: 400_000 });
  const response = await open(edge, { plain });
  expect(response.headers["content-length"]).toBe(String(SIZE));
  expect(await broken(response)).toEqual({ bytes: 400_000, code: "ECONNRESET" }); // Node's word for an early end.
  expect(edge.stats().byPop["SIN2-P1"]).toMatchObject({ misses: 1, bytes: 400_000 });
});

test.each([true, false])("reset, plain: %s", async (plain) => {
  const edge = await faulty({ kind: "reset", after: 1000 });
  const response = await open(edge, { plain });
  const socketError = new Promise<NodeJS.ErrnoException>((resolve) => response.socket.once("error", resolve));
  const { bytes, code } = await broken(response);
  expect(bytes).toBeLessThanOrEqual(1000);
  expect(code).toBe("ECONNRESET");
  expect(await socketError).toMatchObject({ syscall: "read", code: "ECONNRESET" });
});

test("a reset after nothing comes before the head", async () => {
  const edge = await faulty({ kind: "reset", after: 0 });
  await expect(open(edge, { plain: true })).rejects.toMatchObject({ code: "ECONNRESET" });
});

test.each([7, -7])("a lie of %i bytes", async (contentLengthDelta) => {
  const edge = await faulty({ kind: "lie", contentLengthDelta });
  const response = await open(edge, {});
  expect(response.headers["content-length"]).toBe(String(SIZE + contentLengthDelta));
  expect((await broken(response)).bytes).toBe(SIZE + Math.min(0, contentLengthDelta));
});

test("stall, at once and after some bytes", async () => {
  const edge = await faulty({ kind: "stall" });
  const silence = ask(edge).catch((error: NodeJS.ErrnoException) => error.code);
  expect(await Promise.race([silence, after(100, "silence")])).toBe("silence");
  edge.setFaults(() => ({ kind: "stall", after: 5000 }));
  const response = await open(edge, {});
  const rest = broken(response);
  expect(await Promise.race([rest, after(100, "silence")])).toBe("silence");
  await edge.close();
  expect(await silence).toBe("ECONNRESET");
  expect((await rest).bytes).toBe(5000);
});

test("slow", async () => {
  const edge = await faulty({ kind: "slow", ms: 80 });
  const start = performance.now();
  expect(await ask(edge)).toMatchObject({ status: 200, bytes: SIZE });
  expect(performance.now() - start).toBeGreaterThan(75);
});

test("held: until a test lets it go", async () => {
  let letGo = () => {};
  const until = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const edge = await faulty({ kind: "held", until });
  const answer = ask(edge);
  expect(await Promise.race([answer, after(100, "silence")])).toBe("silence");
  letGo();
  expect(await answer).toMatchObject({ status: 200, bytes: SIZE });
});

test("otherPop: another one answers and is the one that is warm", async () => {
  const edge = await faulty({ kind: "otherPop", pop: "FRA56-P4" });
  expect((await ask(edge)).headers["x-amz-cf-pop"]).toBe("FRA56-P4");
  edge.setFaults(() => ({ kind: "otherPop", pop: "IAD89-P1" }));
  expect((await ask(edge)).headers["x-amz-cf-pop"]).toBe("IAD89-P1");
  edge.setFaults(undefined);
  expect((await ask(edge, { pop: "FRA56-P4" })).xCache).toBe("Hit from cloudfront");
  expect(edge.stats().byPop).not.toHaveProperty("IAD89-P1");
});

test("clients that leave halfway do no harm", async () => {
  const edge = await newEdge({ site: { "/a.bin": { size: 20_000_000 } } });
  for (let n = 0; n < 10; n += 1) (await open(edge, { plain: n % 2 === 0 })).destroy();
  edge.setFaults(() => ({ kind: "slow", ms: 20 }));
  const leaving = open(edge, {}).catch(() => undefined);
  await after(10);
  edge.setFaults(undefined);
  expect(await ask(edge)).toMatchObject({ status: 200, bytes: 20_000_000 });
  (await leaving)?.destroy();
});
