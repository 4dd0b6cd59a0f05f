import fc from "fast-check";
import { ConcurrencyLimiter } from "../../../agent/admit/concurrency-limiter.ts";
import { turn } from "../deferred.ts";

test("whatever comes and ends in whatever order, nothing begins above the bound and nothing is forgotten", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: "come" } as const) },
    { weight: 6, arbitrary: fc.constant({ kind: "end" } as const) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("bound"), to: fc.integer({ min: 1, max: 6 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const slots = new ConcurrencyLimiter(3);
      let running = 0;
      const begin = () => {
        running++;
        expect(running).toBeLessThanOrEqual(slots.limit);
      };
      const end = () => {
        running--;
        slots.release();
      };
      const comes: Promise<void>[] = [];
      for (const it of steps) {
        if (it.kind === "come") comes.push(Promise.resolve(slots.acquire()).then(begin));
        else if ("to" in it) slots.limit = it.to;
        else if (running > 0) end();
        await turn();
        expect(slots.inUse).toBe(running);
        expect(slots.inUse + slots.waiting === 0 || slots.inUse >= Math.min(1, slots.limit)).toBe(true);
        if (slots.waiting > 0) expect(slots.inUse).toBeGreaterThanOrEqual(slots.limit);
      }
      while (running > 0) {
        end();
        await turn();
      }
      await Promise.all(comes);
      expect([slots.inUse, slots.waiting]).toEqual([0, 0]);
    }),
    { numRuns: 60 },
  );
});
test("requests take turns before their POPs do", async () => {
  const slots = new ConcurrencyLimiter(1);
  const begun: string[] = [];
  const all = ["huge a1", "huge a2", "huge b1", "huge c1", "small a3", "small a4"].map(async (name) => {
    const [request = "", pop = ""] = name.split(/ |\d/);
    await slots.acquire(request, pop);
    begun.push(name);
    await turn();
    slots.release(request, pop);
  });
  await Promise.all(all);
  expect(begun).toEqual(["huge a1", "huge a2", "small a3", "huge b1", "small a4", "huge c1"]);
});

describe("above the limit, reserved slots", () => {
  const reserve = { requests: () => 2, pops: () => 1 };
  const takeAll = (slots: ConcurrencyLimiter, ...names: string[]) => {
    const begun: string[] = [];
    for (const name of names) {
      const [request = "", pop = ""] = name.split("/");
      void Promise.resolve(slots.acquire(request, pop)).then((begins) => begins && begun.push(name));
    }
    return begun;
  };

  test("go to a POP without a slot, then to a request without a slot", async () => {
    const slots = new ConcurrencyLimiter(2, reserve);
    const begun = takeAll(slots, "q/a", "q/a", "q/a", "q/b", "q/c", "r/a", "s/a", "t/a");
    await turn();
    // Two, the POP that is new, and the two requests that are.
    expect(begun).toEqual(["q/a", "q/a", "q/b", "r/a", "s/a"]);
    expect([slots.inUse, slots.waiting]).toEqual([5, 3]);
    // Only as one of them ends, the next in turn begins.
    slots.release("r", "a");
    await turn();
    expect(begun.slice(5)).toEqual(["t/a"]);
  });

  test("go to a waiting POP after it has released its last slot", async () => {
    const slots = new ConcurrencyLimiter(1, { requests: () => 0, pops: () => 1 });
    const begun = takeAll(slots, "q/a", "q/b", "q/b", "q/a");
    await turn();
    expect(begun).toEqual(["q/a", "q/b"]);
    slots.release("q", "b");
    await turn();
    expect(begun).toEqual(["q/a", "q/b", "q/b"]);
  });
});

test("what is withdrawn gets no slot, and the others keep their turns", async () => {
  const slots = new ConcurrencyLimiter(1);
  const ends: string[] = [];
  const [mine, others] = [{}, {}];
  void slots.acquire("q", "a");
  for (const [name, owner] of [
    ["1", mine],
    ["2", others],
    ["3", mine],
    ["4", others],
  ] as const)
    void Promise.resolve(slots.acquire("q", name === "4" ? "b" : "a", owner)).then((begins) =>
      ends.push(`${name} ${begins}`),
    );
  slots.withdraw(mine);
  await turn();
  expect([ends, slots.waiting]).toEqual([["1 false", "3 false"], 2]);
  slots.release("q", "a");
  await turn();
  slots.release("q", "a");
  await turn();
  expect(ends.slice(2)).toEqual(["2 true", "4 true"]);
});
