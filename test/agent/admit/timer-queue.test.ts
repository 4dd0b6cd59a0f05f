import fc from "fast-check";
import { TimerQueue } from "../../../agent/admit/timer-queue.ts";
import { useVirtualClock } from "../../virtual-clock.ts";

useVirtualClock();

test("actions run in the order of their times, none before its time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 60 }), async (delays) => {
      const timers = new TimerQueue();
      const start = performance.now();
      const ran: { readonly due: number; readonly at: number }[] = [];
      await new Promise<void>((resolve) => {
        for (const delay of delays)
          timers.add(start + delay, () => {
            ran.push({ due: start + delay, at: performance.now() });
            if (ran.length === delays.length) resolve();
          });
      });
      expect(timers.size).toBe(0);
      expect(ran.map(({ due }) => due)).toEqual(ran.map(({ due }) => due).toSorted((a, b) => a - b));
      expect(ran.filter(({ due, at }) => at < due)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test("an earlier action that is added later runs first", async () => {
  const timers = new TimerQueue();
  const ran: string[] = [];
  await new Promise<void>((resolve) => {
    timers.add(performance.now() + 5_000, () => {
      ran.push("late");
      resolve();
    });
    timers.add(performance.now() + 100, () => ran.push("early"));
  });
  expect(ran).toEqual(["early", "late"]);
});
