import type { Policy } from "../../../tools/edge/behaviour.ts";
import type { Edge } from "../../../tools/edge/edge.ts";
import type { Answer } from "../../../tools/edge/reply.ts";
import { Evictions, Tier } from "../../../tools/edge/tier.ts";
import { newEdge, seen } from "./client.ts";

const KEY = "d1.cloudfront.net/a.bin";

function entry(body: string) {
  const bytes = Buffer.from(body);
  return { status: 200, headers: [], body: bytes, length: bytes.length, etag: body, storedAt: 0, expiresAt: 10 };
}

/** A tier whose upstream answers when the test says so. */
function tierUnderTest() {
  const asked: ((answer: Answer) => void)[] = [];
  const upstream = () => new Promise<Answer>((resolve) => asked.push(resolve));
  const arrive = (nth: number, body: string) => asked[nth]?.({ entry: entry(body), layer: "origin", refreshed: false });
  return { tier: new Tier({ layer: "rec", upstream, now: () => 5 }), asked, arrive };
}

test("what set out before an invalidation is delivered and not kept", async () => {
  const { tier, asked, arrive } = tierUnderTest();
  const before = tier.get(KEY);
  tier.invalidate(() => true);
  const after = tier.get(KEY);
  arrive(1, "new");
  expect((await after).entry.body.toString()).toBe("new");
  arrive(0, "old");
  expect((await before).entry.body.toString()).toBe("old");
  expect((await tier.get(KEY)).entry.body.toString()).toBe("new");
  expect(asked).toHaveLength(2);
});

// Equal requests at the same time. caching.test.ts has what happens unless something else is said.

const AT_ONCE = 6;

function slowEdge(
  collapsing: Policy["collapsing"],
  headers: Readonly<Record<string, string>> = {},
  admission: Policy["admission"] = "first",
) {
  return newEdge({
    site: { "/a.bin": { size: 5_000, headers } },
    behaviours: [{ collapsing, admission }],
    origin: { delayMs: 100 },
  });
}

async function together(edge: Edge) {
  return (await Promise.all(Array.from({ length: AT_ONCE }, () => seen(edge)))).sort();
}

const NO_STORE = { "cache-control": "no-store" };

// Those that waited read a hit, and are told the layer where the object is now. What is kept nowhere has none.
test.each([
  ["layer", "layer", {}, "Hit EDGE", "Hit EDGE"],
  ["no-layer", "no-layer", {}, "Hit untold", "Hit EDGE"],
  ["layer, of what is kept nowhere", "layer", NO_STORE, "Hit untold", "Miss origin"],
  ["off: each is a fetch, and the object is kept all the same", "off", {}, "Miss origin", "Hit EDGE"],
] as const)("collapsing %s", async (_, collapsing, headers, others, afterwards) => {
  const edge = await slowEdge(collapsing, headers);
  expect(await together(edge)).toEqual(["Miss origin", ...Array(AT_ONCE - 1).fill(others)].sort());
  expect(edge.originRequests()).toHaveLength(others === "Miss origin" ? AT_ONCE : 1);
  expect(await seen(edge)).toBe(afterwards);
});

test("off: what set out before an invalidation is kept by none of them", async () => {
  const edge = await slowEdge("off");
  const before = together(edge);
  await expect.poll(() => edge.originRequests().length).toBe(AT_ONCE);
  edge.invalidate(["/*"]);
  await before;
  expect(edge.holders("/a.bin")).toEqual([]);
});

test("every key is counted for itself", () => {
  const evictions = new Evictions();
  const due = ["a", "b", "a", "b", "a", "a"].map((key) => evictions.isDue(key, { after: 2, times: 1 }));
  expect(due).toEqual([false, false, true, true, false, false]);
});
