// The edge as a whole (edge.ts): starting and closing.
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { startEdge } from "../../../tools/edge/edge.ts";
import { ask, DOMAIN, newEdge, open, POPS } from "./client.ts";

function openHandles() {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|UDP|TLS|Timeout/.test(name))
    .sort();
}

/** Sockets close a few turns after they are told to. `expect.poll` has timers of its own, which would count. */
async function settled(done: () => boolean) {
  for (let turn = 0; turn < 100 && !done(); turn += 1) await wait(10);
  return openHandles();
}

/** Before any edge was started. */
const idle = openHandles();

test("close() leaves nothing open, whatever is under way", async () => {
  const edge = await newEdge({ site: { "/a.bin": { size: 5_000_000 } } });
  await ask(edge);
  const unread = await open(edge, {});
  unread.on("error", () => {});
  let slowed = 0;
  edge.setFaults(() => {
    slowed += 1;
    return { kind: "slow", ms: 60_000 };
  });
  const waiting = [open(edge, { plain: true }), open(edge, {})].map((answer) => answer.catch(() => "cut"));
  const busy = await settled(() => slowed === waiting.length);
  expect(busy.length).toBeGreaterThan(idle.length + 10);
  await edge.close();
  expect(await Promise.all(waiting)).toEqual(["cut", "cut"]);
  unread.destroy();
  expect(await settled(() => openHandles().length === idle.length)).toEqual(idle);
  await expect(ask(edge)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await edge.close();
});

test("a port that is taken on one address only is an error when it was asked for, and closes the rest", async () => {
  const taken = createServer().listen(0, "127.78.0.3");
  await once(taken, "listening");
  const address = taken.address();
  const httpPort = typeof address === "object" && address ? address.port : 0;
  const start = startEdge({
    distributions: [{ domain: DOMAIN }],
    pops: POPS,
    site: {},
    firstAddress: "127.78.0.1",
    httpPort,
  });
  await expect(start).rejects.toMatchObject({ code: "EADDRINUSE" });
  taken.close();
  expect(await settled(() => openHandles().length === idle.length)).toEqual(idle);
});

test("an address outside loopback is refused", async () => {
  const options = { distributions: [{ domain: DOMAIN }], pops: POPS, site: {} };
  await expect(startEdge({ ...options, firstAddress: "10.0.0.1" })).rejects.toThrow(RangeError);
  await expect(startEdge({ ...options, firstAddress: "127.255.255.254" })).rejects.toThrow(RangeError);
  await expect(startEdge({ ...options, pops: [...POPS, ...POPS] })).rejects.toThrow(/twice/);
});
