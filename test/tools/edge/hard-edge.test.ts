// The edge as a lab uses it: many POPs with several servers, two forms, nothing collapsed.
import { expect, test } from "vitest";
import { type Asked, ask, newEdge } from "./client.ts";

const RECS = 6;
const POPS = Array.from({ length: 30 }, (_, n) => ({
  pop: `P${n}-C1`,
  rec: `rec ${n % RECS}`,
  addresses: 2,
  caches: "own" as const,
}));
const PATHS = Array.from({ length: 4 }, (_, n) => `/${n}.css`);
const ACCEPTS = ["br,gzip", "gzip"];

function cssEdge() {
  const object = { size: 3_000, letters: true, headers: { "content-type": "text/css" } };
  return newEdge({
    pops: POPS,
    site: Object.fromEntries(PATHS.map((path) => [path, object])),
    behaviours: [{ encodings: ["br", "gzip"], compress: true, collapsing: "off", serverTiming: 0 }],
    origin: { delayMs: 20 },
  });
}

/** Every path at some POPs, both forms in order. */
async function warm(edge: Awaited<ReturnType<typeof cssEdge>>, pops: typeof POPS, more: Asked = {}): Promise<string[]> {
  const each = pops.flatMap(({ pop }) =>
    PATHS.map(async (path) => {
      const layers: string[] = [];
      for (const accept of ACCEPTS) {
        const headers = { "accept-encoding": accept, pragma: "server-timing" };
        layers.push((await ask(edge, { pop, path, plain: true, headers, ...more })).layer);
      }
      return layers;
    }),
  );
  return [...new Set((await Promise.all(each)).flat())];
}

test("leads before followers: one fetch a REC, path and form; and what is told is true", async () => {
  const edge = await cssEdge();
  expect(await warm(edge, POPS.slice(0, RECS))).toEqual(["origin"]);
  expect(await warm(edge, POPS.slice(RECS))).toEqual(["REC"]);
  expect(edge.stats().originTaskGets).toBe(RECS * PATHS.length * ACCEPTS.length);
  expect(await warm(edge, POPS)).toEqual(["EDGE"]);
  const held = PATHS.flatMap((path) => edge.holders(path)).filter(({ layer }) => layer === "pop");
  expect(held).toHaveLength(POPS.length * PATHS.length * ACCEPTS.length);
  expect(held.every((holder) => holder.layer === "pop" && holder.address === edge.addressOf(holder.pop))).toBe(true);
});

test("all at once: each POP is a fetch, as nothing is collapsed", async () => {
  const edge = await cssEdge();
  await warm(edge, POPS);
  expect(edge.stats().originTaskGets).toBeGreaterThan(RECS * PATHS.length * ACCEPTS.length * 2);
});
