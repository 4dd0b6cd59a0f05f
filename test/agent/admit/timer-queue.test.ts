import fc from "fast-check";
import { TimerQueue } from "../../../agent/admit/timer-queue.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets all timers run: there is never more than one. */
async function runAll(queue: TimerQueue): Promise<void> {
  while (vi.getTimerCount() > 0) {
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersToNextTimerAsync();
  }
  expect(queue.size).toBe(0);
}

test("whatever is added, and whenever, each action runs once, in the order of the times, never early, and soon after", async () => {
  const ms = fc.oneof(fc.integer({ min: -50, max: 5_000 }), fc.double({ min: 0, max: 100, noNaN: true }));
  const action = fc.record({ in: ms, adds: fc.array(ms, { maxLength: 3 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.nat(3_000), async (actions, pause) => {
      const queue = new TimerQueue();
      const ran: { readonly at: number; readonly now: number }[] = [];
      let added = 0;
      const add = (after: number, adds: readonly number[] = []) => {
        added++;
        const at = performance.now() + after;
        queue.add(at, () => {
          const now = performance.now();
          ran.push({ at, now });
          // Actions add further ones, as tasks do.
          for (const more of adds) add(more);
          // It is due at once: by 2 ms and the time of the timer.
          expect(now - Math.max(at, addedAt)).toBeLessThanOrEqual(3);
        });
        const addedAt = performance.now();
      };
      const half = Math.ceil(actions.length / 2);
      for (const { in: after, adds } of actions.slice(0, half)) add(after, adds);
      await vi.advanceTimersByTimeAsync(pause);
      for (const { in: after, adds } of actions.slice(half)) add(after, adds);
      await runAll(queue);
      expect(ran).toHaveLength(added);
      expect(ran.filter(({ at, now }) => now < at)).toEqual([]);
      // Those that are due at one time run by their own times.
      const unordered = ran.filter(({ at, now }, n) => {
        const next = ran[n + 1];
        return next !== undefined && (next.now < now || (next.now === now && next.at < at));
      });
      expect(unordered).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
