import { expect, it } from "vitest";
import { type Measured, Settling } from "../../../agent/admit/adaptive-limit.ts";

const window = (change: Partial<Measured> = {}): Measured => ({
  bytesPerSecond: 8_000_000,
  tasksPerSecond: 20,
  troubled: 0,
  saturated: true,
  ...change,
});

it("judges small tasks at once", () => {
  expect(new Settling().add(window({ tasksPerSecond: 600 }), 32, 1)).toMatchObject({ tasksPerSecond: 600 });
});

it("waits until as many tasks have ended as may run at once, and judges all of that time", () => {
  const settling = new Settling();
  expect(settling.add(window({ bytesPerSecond: 2_000_000 }), 64, 1)).toBeUndefined();
  expect(settling.add(window(), 64, 1)).toBeUndefined();
  expect(settling.add(window({ tasksPerSecond: 10 }), 64, 1)).toBeUndefined();
  expect(settling.add(window({ bytesPerSecond: 6_000_000 }), 64, 1)).toEqual({
    bytesPerSecond: 6_000_000,
    tasksPerSecond: 17.5,
    troubled: 0,
    saturated: true,
  });
  // And begins anew.
  expect(settling.add(window(), 64, 1)).toBeUndefined();
});

it("forgets the time in which the limit bounded nothing", () => {
  const settling = new Settling();
  const idle = window({ tasksPerSecond: 2, saturated: false });
  for (let i = 0; i < 5; i++) expect(settling.add(idle, 32, 1)).toEqual(idle);
  expect(settling.add(window({ tasksPerSecond: 40 }), 32, 1)).toMatchObject({ tasksPerSecond: 40, saturated: true });
});

it("does not wait for ever, nor where something goes wrong", () => {
  const slow = new Settling();
  const judged = Array.from({ length: 10 }, () => slow.add(window({ tasksPerSecond: 0.1 }), 1_000, 1));
  expect(judged.map((it) => it !== undefined)).toEqual([...Array(9).fill(false), true]);
  expect(new Settling().add(window({ troubled: 0.1 }), 1_000, 1)?.troubled).toBe(0.1);
  expect(new Settling().add(window({ memoryTight: true }), 1_000, 1)?.memoryTight).toBe(true);
});
