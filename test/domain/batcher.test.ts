import fc from "fast-check";
import { Batcher, type BatchOutcome } from "../../domain/batcher.ts";
import { deferred } from "../agent/deferred.ts";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** A batcher of three a call and 25 ms, and the calls it made. */
function batcher(answer: (items: readonly string[]) => BatchOutcome | Promise<BatchOutcome> = () => []) {
  const calls: (readonly string[])[] = [];
  const send = async (items: readonly string[]) => {
    calls.push(items);
    return answer(items);
  };
  return { calls, batcher: new Batcher<string>({ size: 3, delayMs: 25, send, key: (item) => item.slice(0, 1) }) };
}

test("when a call goes out: a full batch at once", async () => {
  const { calls, batcher: b } = batcher();
  await Promise.all([b.add("a"), b.add("b"), b.add("c")]);
  expect(calls).toEqual([["a", "b", "c"]]);
  expect(vi.getTimerCount()).toBe(0);
});

test("when a call goes out: another one when its first item has waited", async () => {
  const { calls, batcher: b } = batcher();
  const first = b.add("a");
  await vi.advanceTimersByTimeAsync(20);
  const second = b.add("b");
  await vi.advanceTimersByTimeAsync(4);
  expect(calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await Promise.all([first, second]);
  expect(calls).toEqual([["a", "b"]]);
});

test("when a call goes out: the timer of a batch that went out full does not cut the next one short", async () => {
  const { calls, batcher: b } = batcher();
  const all = ["a", "b", "c"].map((item) => b.add(item));
  await vi.advanceTimersByTimeAsync(20);
  all.push(b.add("d"));
  await vi.advanceTimersByTimeAsync(24);
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toEqual([["a", "b", "c"], ["d"]]);
  await Promise.all(all);
});

test("when a call goes out: a key that was already sent causes no early call", async () => {
  const { calls, batcher: b } = batcher();
  const all = ["a1", "b1", "c1", "a2", "b2"].map((item) => b.add(item));
  await vi.advanceTimersByTimeAsync(25);
  await Promise.all(all);
  expect(calls).toEqual([
    ["a1", "b1", "c1"],
    ["a2", "b2"],
  ]);
});

test("what becomes of the items: none is settled before its call has ended", async () => {
  const { promise, resolve } = deferred<BatchOutcome>();
  const { batcher: b } = batcher(() => promise);
  let settled = false;
  const all = Promise.all(["a", "b", "c"].map((item) => b.add(item))).then(() => {
    settled = true;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(settled).toBe(false);
  resolve([]);
  await all;
});

test("what becomes of the items: every item is sent exactly once, in batches of at most three with no key twice, and has its own outcome or its call's", async () => {
  const item = fc.record({
    key: fc.constantFrom("a", "b", "c", "d"),
    pause: fc.integer({ min: 0, max: 30 }),
    fate: fc.constantFrom("good", "good", "bad", "down"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 30 }), async (items) => {
      const fateOf = (sent: string) => items[Number(sent.slice(1))]?.fate;
      const { calls, batcher: b } = batcher((sent) => {
        if (sent.some((it) => fateOf(it) === "down")) throw new Error("down");
        return sent.map((it) => (fateOf(it) === "bad" ? new Error("bad") : undefined));
      });
      const all: Promise<string>[] = [];
      for (const [i, { key, pause }] of items.entries()) {
        all.push(
          b.add(`${key}${i}`).then(
            () => "good",
            ({ message }: Error) => message,
          ),
        );
        await vi.advanceTimersByTimeAsync(pause);
      }
      await vi.advanceTimersByTimeAsync(1_000);
      expect(calls.flat()).toEqual(items.map(({ key }, i) => `${key}${i}`));
      for (const call of calls) {
        expect(call.length).toBeLessThanOrEqual(3);
        expect(new Set(call.map((one) => one[0])).size).toBe(call.length);
      }
      const isDown = (call: readonly string[]) => call.some((it) => fateOf(it) === "down");
      const fates = calls.flatMap((call) => call.map((it) => (isDown(call) ? "down" : fateOf(it))));
      expect(await Promise.all(all)).toEqual(fates);
    }),
  );
});
