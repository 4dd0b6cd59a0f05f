import fc from "fast-check";
import { expect, test } from "vitest";
import { Slots } from "../../../agent/queue/slots.ts";
import { turn } from "../deferred.ts";

/** Takes a slot under a name, and notes when it has it. */
function take(slots: Slots, begun: string[], name: string, group?: string): Promise<void> {
  return slots.take(group).then(() => void begun.push(name));
}

test("first come, first served, as many as there are slots", async () => {
  const slots = new Slots(2);
  const begun: string[] = [];
  for (const name of ["a", "b", "c", "d"]) void take(slots, begun, name);
  expect([slots.inUse, slots.waiting]).toEqual([2, 2]);
  await turn();
  expect(begun).toEqual(["a", "b"]);
  slots.release();
  await turn();
  expect([begun, slots.inUse, slots.waiting]).toEqual([["a", "b", "c"], 2, 1]);
  for (let n = 0; n < 3; n++) slots.release();
  await turn();
  expect([begun, slots.inUse, slots.waiting]).toEqual([["a", "b", "c", "d"], 0, 0]);
});

test("a higher bound lets in at once; a lower one interrupts nothing", async () => {
  const slots = new Slots(1);
  const begun: string[] = [];
  for (const name of ["a", "b", "c", "d"]) void take(slots, begun, name);
  slots.limit = 3;
  await turn();
  expect([begun, slots.limit]).toEqual([["a", "b", "c"], 3]);
  slots.limit = 1;
  slots.release();
  slots.release();
  await turn();
  expect([begun.length, slots.inUse, slots.waiting]).toEqual([3, 1, 1]);
  slots.release();
  await turn();
  expect(begun).toEqual(["a", "b", "c", "d"]);
});

test("whatever comes and ends in whatever order, nothing begins above the bound and nothing is forgotten", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: "come" } as const) },
    { weight: 6, arbitrary: fc.constant({ kind: "end" } as const) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("bound"), to: fc.integer({ min: 1, max: 6 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const slots = new Slots(3);
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
        if (it.kind === "come") comes.push(slots.take().then(begin));
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

test("groups that wait take turns, each in its own order", async () => {
  const slots = new Slots(1);
  const begun: string[] = [];
  const names = ["a1", "a2", "a3", "b1", "b2", "c1"];
  const all = names.map((name) =>
    take(slots, begun, name, name[0])
      .then(turn)
      .then(() => slots.release()),
  );
  await Promise.all(all);
  expect(begun).toEqual(["a1", "a2", "b1", "c1", "a3", "b2"]);
});

test("is hungry while fewer wait than may run, and says so when that comes about", async () => {
  const slots = new Slots(2);
  const said: string[] = [];
  const ask = (name: string) => void slots.hungry().then(() => said.push(name));
  const come = (count: number) => {
    for (let n = 0; n < count; n++) void slots.take();
  };
  come(3);
  ask("one waits");
  await turn();
  come(1);
  ask("two wait");
  ask("two wait");
  await turn();
  expect(said).toEqual(["one waits"]);
  // No download has to end for that: one may take hours.
  slots.limit = 3;
  await turn();
  expect(said).toEqual(["one waits", "two wait", "two wait"]);
  come(2);
  ask("three wait");
  await turn();
  expect(said).toHaveLength(3);
  slots.release();
  await turn();
  expect(said.at(-1)).toBe("three wait");
});
