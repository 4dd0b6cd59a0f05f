// What a fault hook is asked. That each fault is what its kind says is seen by the agent's tests, which tell them apart.
import { setTimeout as after } from "node:timers/promises";
import { useVirtualClock } from "../../virtual-clock.ts";
import { ask, newEdge, open } from "./client.ts";

useVirtualClock({ idleMs: 2 });

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

test("a body that drips takes its time, and is whole", async () => {
  const size = 1_000_000;
  const edge = await newEdge({
    site: { "/a.bin": { size } },
    faults: () => ({ kind: "drip", bytesPerSecond: 4 * size }),
  });
  const started = performance.now();
  expect(await ask(edge)).toMatchObject({ status: 200, bytes: size });
  // A quarter of a second's worth, in steps of 50 ms.
  expect(performance.now() - started).toBeGreaterThanOrEqual(200);
});

test("otherPop: another one answers and is the one that is warm", async () => {
  const edge = await newEdge({ faults: () => ({ kind: "otherPop", pop: "FRA56-P4" }) });
  expect((await ask(edge)).headers["x-amz-cf-pop"]).toBe("FRA56-P4");
  edge.setFaults(() => ({ kind: "otherPop", pop: "IAD89-P1" }));
  expect((await ask(edge)).headers["x-amz-cf-pop"]).toBe("IAD89-P1");
  edge.setFaults(undefined);
  expect((await ask(edge, { pop: "FRA56-P4" })).xCache).toBe("Hit from cloudfront");
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
