import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Throughput } from "../../../agent/report/throughput.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a window is per second, and begins where the last one ended", () => {
  const meter = new Throughput();
  meter.addBytes(3_000);
  meter.addBytes(1_000);
  for (const troubled of [true, false, false, false]) meter.addTask(troubled);
  vi.advanceTimersByTime(2_000);
  expect(meter.window()).toEqual({ bytesPerSecond: 2_000, tasksPerSecond: 2, failureRate: 0.25 });
  meter.addBytes(500);
  meter.addTask(false);
  vi.advanceTimersByTime(500);
  expect(meter.window()).toEqual({ bytesPerSecond: 1_000, tasksPerSecond: 2, failureRate: 0 });
});

test("a window in which nothing happened, or that took no time, is made of finite numbers", () => {
  const meter = new Throughput();
  expect(meter.window()).toEqual({ bytesPerSecond: 0, tasksPerSecond: 0, failureRate: 0 });
  meter.addBytes(10);
  expect(meter.window().bytesPerSecond).toBe(10_000);
});
