import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Meter, Tally } from "../../../agent/report/throughput.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a window is per second, and begins where the last one ended", () => {
  const meter = new Tally();
  meter.addBytes(3_000);
  meter.addBytes(1_000);
  for (const troubled of [true, false, false, false]) meter.addTask(troubled);
  vi.advanceTimersByTime(2_000);
  expect(meter.window(true)).toEqual({ bytesPerSecond: 2_000, tasksPerSecond: 2, troubled: 0.25, saturated: true });
  meter.addBytes(500);
  meter.addTask(false);
  vi.advanceTimersByTime(500);
  expect(meter.window(false)).toEqual({ bytesPerSecond: 1_000, tasksPerSecond: 2, troubled: 0, saturated: false });
});

test("a window in which nothing happened, or that took no time, is made of finite numbers", () => {
  const meter = new Tally();
  expect(meter.window(false)).toEqual({ bytesPerSecond: 0, tasksPerSecond: 0, troubled: 0, saturated: false });
  meter.addBytes(10);
  expect(meter.window(false).bytesPerSecond).toBe(10_000);
});

test("when the last task ended: before the first, when it began to count", () => {
  const begun = performance.now();
  const meter = new Meter();
  vi.advanceTimersByTime(1_000);
  meter.small.addBytes(10);
  expect(meter.lastTaskAt).toBe(begun);
  meter.large.addTask(false);
  vi.advanceTimersByTime(500);
  meter.small.window(true);
  expect(meter.lastTaskAt).toBe(begun + 1_000);
});
