import fc from "fast-check";
import { Throughput } from "../../../agent/report/throughput.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** What happens between two looks: bytes that came, tasks that ended well or in trouble, and how long it took. */
const rounds = fc.array(
  fc.record({
    bytes: fc.nat({ max: 1e9 }),
    good: fc.nat({ max: 9 }),
    bad: fc.nat({ max: 9 }),
    seconds: fc.integer({ min: 1, max: 90 }),
  }),
  { minLength: 2, maxLength: 6 },
);

test("each window counts what came in it, whatever came before", () => {
  fc.assert(
    fc.property(rounds, (all) => {
      const tally = new Throughput();
      for (const { bytes, good, bad, seconds } of all) {
        tally.addBytes(bytes);
        for (let i = 0; i < good; i++) tally.addTask(false);
        for (let i = 0; i < bad; i++) tally.addTask(true);
        vi.advanceTimersByTime(seconds * 1_000);
        const window = tally.window();
        expect(window.bytesPerSecond).toBeCloseTo(bytes / seconds, 3);
        expect(window.tasksPerSecond).toBeCloseTo((good + bad) / seconds, 3);
        expect(window.failureRate).toBeCloseTo(good + bad === 0 ? 0 : bad / (good + bad), 6);
      }
    }),
  );
});

test("a window that took no time is made of finite numbers", () => {
  const meter = new Throughput();
  expect(meter.window()).toEqual({ bytesPerSecond: 0, tasksPerSecond: 0, failureRate: 0 });
  meter.addBytes(10);
  expect(meter.window().bytesPerSecond).toBe(10_000);
});
