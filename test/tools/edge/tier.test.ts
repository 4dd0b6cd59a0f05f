import { expect, test } from "vitest";
import type { Answer, Entry } from "../../../tools/edge/reply.ts";
import { Tier } from "../../../tools/edge/tier.ts";

const KEY = "d1.cloudfront.net/a.bin";

function entry(body: string): Entry {
  const bytes = Buffer.from(body);
  return { status: 200, headers: [], body: bytes, length: bytes.length, etag: body, storedAt: 0, expiresAt: 10 };
}

/** A tier whose upstream answers when the test says so. */
function tierUnderTest() {
  const asked: ((answer: Answer) => void)[] = [];
  const upstream = () => new Promise<Answer>((resolve) => asked.push(resolve));
  const arrive = (nth: number, body: string) => asked[nth]?.({ entry: entry(body), layer: "origin", refreshed: false });
  return { tier: new Tier({ layer: "pop", upstream, now: () => 5 }), asked, arrive };
}

test("who asks meanwhile waits for the fetch under way, and reads a hit", async () => {
  const { tier, asked, arrive } = tierUnderTest();
  const all = [tier.get(KEY), tier.get(KEY), tier.get(KEY)];
  expect(tier.peek(KEY)).toBeUndefined();
  arrive(0, "x");
  expect((await Promise.all(all)).map(({ layer }) => layer)).toEqual(["origin", "pop", "pop"]);
  expect(asked).toHaveLength(1);
  expect((await tier.get(KEY)).layer).toBe("pop");
});

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
