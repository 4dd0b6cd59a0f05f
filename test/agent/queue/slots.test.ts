import fc from "fast-check";
import { expect, test } from "vitest";
import { Slots } from "../../../agent/queue/slots.ts";
import { deferred, turn } from "../deferred.ts";

/** Work that ends when it is told to, and says when it began. */
function gate(begun: string[], name = "") {
  const { promise, resolve, reject } = deferred<string>();
  return {
    work: () => {
      begun.push(name);
      return promise;
    },
    end: () => resolve(name),
    fail: () => reject(new Error(name)),
  };
}

test("first come, first served, as many as there are slots", async () => {
  const slots = new Slots(2);
  const begun: string[] = [];
  const gates = ["a", "b", "c", "d"].map((name) => gate(begun, name));
  const runs = gates.map(({ work }) => slots.run(work));
  expect([begun, slots.inUse, slots.waiting]).toEqual([["a", "b"], 2, 2]);
  gates[1]?.end();
  expect(await runs[1]).toBe("b");
  await turn();
  expect([begun, slots.inUse, slots.waiting]).toEqual([["a", "b", "c"], 2, 1]);
  for (const { end } of gates) end();
  expect(await Promise.all(runs)).toEqual(["a", "b", "c", "d"]);
  expect([slots.inUse, slots.waiting]).toEqual([0, 0]);
});

test("work that fails frees its slot, and the failure is its own", async () => {
  const slots = new Slots(1);
  const begun: string[] = [];
  const [one, other] = [gate(begun, "one"), gate(begun, "other")];
  const failed = slots.run(one.work);
  const good = slots.run(other.work);
  one.fail();
  await expect(failed).rejects.toThrow("one");
  other.end();
  expect(await good).toBe("other");
  expect(slots.inUse).toBe(0);
});

test("work that throws before it is a promise frees its slot, too", async () => {
  const slots = new Slots(1);
  const thrown = slots.run(() => {
    throw new Error("at once");
  });
  await expect(thrown).rejects.toThrow("at once");
  expect(slots.inUse).toBe(0);
});

test("a higher bound lets in at once; a lower one interrupts nothing", async () => {
  const slots = new Slots(1);
  const begun: string[] = [];
  const gates = ["a", "b", "c", "d"].map((name) => gate(begun, name));
  const runs = gates.map(({ work }) => slots.run(work));
  slots.limit = 3;
  await turn();
  expect([begun, slots.limit]).toEqual([["a", "b", "c"], 3]);
  slots.limit = 1;
  gates[0]?.end();
  gates[1]?.end();
  await turn();
  expect([begun.length, slots.inUse, slots.waiting]).toEqual([3, 1, 1]);
  gates[2]?.end();
  await turn();
  expect(begun).toEqual(["a", "b", "c", "d"]);
  gates[3]?.end();
  await Promise.all(runs);
});

test("whatever comes and ends in whatever order, nothing begins above the bound and nothing is forgotten", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: "come" } as const) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("end", "fail"), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("bound"), to: fc.integer({ min: 1, max: 6 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const slots = new Slots(3);
      const running: ReturnType<typeof gate>[] = [];
      const runs: Promise<unknown>[] = [];
      const come = () => {
        const one = gate([]);
        const work = () => {
          running.push(one);
          expect(running.length).toBeLessThanOrEqual(slots.limit);
          return one.work();
        };
        runs.push(slots.run(work).catch((error: Error) => expect(error.message).toBe("")));
      };
      for (const { kind, ...rest } of steps) {
        if (kind === "come") come();
        else if ("to" in rest) slots.limit = rest.to;
        else if ("which" in rest) {
          const [gone] = running.splice(rest.which % Math.max(1, running.length), 1);
          if (kind === "end") gone?.end();
          else gone?.fail();
        }
        await turn();
        expect(slots.inUse).toBe(running.length);
        expect(slots.inUse + slots.waiting === 0 || slots.inUse >= Math.min(1, slots.limit)).toBe(true);
        if (slots.waiting > 0) expect(slots.inUse).toBeGreaterThanOrEqual(slots.limit);
      }
      while (running.length > 0) {
        running.pop()?.end();
        await turn();
      }
      await Promise.all(runs);
      expect([slots.inUse, slots.waiting]).toEqual([0, 0]);
    }),
    { numRuns: 60 },
  );
});

test("groups that wait take turns, each in its own order", async () => {
  const slots = new Slots(1);
  const begun: string[] = [];
  const names = ["a1", "a2", "a3", "b1", "b2", "c1"];
  const runs = names.map((name) =>
    slots.run(async () => {
      begun.push(name);
      await turn();
    }, name[0]),
  );
  await Promise.all(runs);
  expect(begun).toEqual(["a1", "a2", "b1", "c1", "a3", "b2"]);
});

test("is hungry while fewer wait than may run, and says so when that comes about", async () => {
  const slots = new Slots(2);
  const ends: (() => void)[] = [];
  const run = () => slots.run(() => new Promise<void>((resolve) => ends.push(resolve)));
  const said: string[] = [];
  const ask = (name: string) => void slots.hungry().then(() => said.push(name));
  const runs = [run(), run(), run()];
  ask("one waits");
  await turn();
  runs.push(run());
  ask("two wait");
  ask("two wait");
  await turn();
  expect(said).toEqual(["one waits"]);
  // None has to end for that: those that run may take hours.
  slots.limit = 3;
  await turn();
  expect(said).toEqual(["one waits", "two wait", "two wait"]);
  runs.push(run(), run());
  ask("three wait");
  await turn();
  expect(said).toHaveLength(3);
  ends.shift()?.();
  await turn();
  expect(said.at(-1)).toBe("three wait");
  slots.limit = Number.POSITIVE_INFINITY;
  while (ends.length > 0) {
    ends.shift()?.();
    await turn();
  }
  await Promise.all(runs);
});
