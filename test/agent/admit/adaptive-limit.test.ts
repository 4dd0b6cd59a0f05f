import fc from "fast-check";
import {
  LARGE,
  type Limit,
  type Measured,
  maxSharedStep,
  nextLimit,
  startLimit,
} from "../../../agent/admit/adaptive-limit.ts";

const BUSY: Measured = { bytesPerSecond: 1_000, tasksPerSecond: 10, failureRate: 0, saturated: true };
const at = (value: number, before: Limit["before"] = undefined, usualTrouble = 0): Limit => ({
  value,
  before,
  growsFast: false,
  baselineFailureRate: usualTrouble,
});

describe("one step", () => {
  const before = { value: 32, bytesPerSecond: 1_000, tasksPerSecond: 10 };
  const doubling = { ...at(64, before), growsFast: true };
  const cases: readonly [name: string, limit: Limit, window: Partial<Measured>, value: number][] = [
    ["doubles from the start", startLimit(), {}, 64],
    ["doubles on while that brings much", doubling, { tasksPerSecond: 12 }, 128],
    ["goes back when doubling brings little", doubling, { tasksPerSecond: 11, bytesPerSecond: 1_100 }, 32],
    ["grows while bytes do", at(42, before), { bytesPerSecond: 1_031 }, 55],
    ["grows while tasks do", at(42, before), { tasksPerSecond: 10.4 }, 55],
    ["goes back when too little is gained", at(42, before), { bytesPerSecond: 1_029 }, 32],
    ["stays where it does not bind", at(42, before), { saturated: false, bytesPerSecond: 9_000 }, 42],
    ["stays where the core binds", at(42, before), { cpuBound: true, bytesPerSecond: 9_000 }, 42],
    [
      "halves when memory is tight, though it brings more",
      at(42, before),
      { memoryTight: true, tasksPerSecond: 90 },
      21,
    ],
    ["halves on trouble", at(42, before), { failureRate: 0.06, bytesPerSecond: 9_000 }, 21],
    ["halves on more trouble than usual", at(42, before, 0.3), { failureRate: 0.36, bytesPerSecond: 9_000 }, 21],
    ["bears the usual trouble", at(42, before, 0.3), { failureRate: 0.34, bytesPerSecond: 2_000 }, 55],
    ["bears a little trouble", at(42, before), { failureRate: 0.05, bytesPerSecond: 2_000 }, 55],
    ["leaves its lower bound again", at(4), {}, 6],
  ];

  test.each(cases)("%s", (_name, limit, window, value) => {
    expect(nextLimit(limit, { ...BUSY, ...window }).value).toBe(value);
  });
});

test("the baseline failure rate follows the measured one; a window without tasks does not change it", () => {
  const after = (usual: number, window: Partial<Measured>) =>
    nextLimit(at(42, undefined, usual), { ...BUSY, ...window }).baselineFailureRate;
  expect(after(0, { failureRate: 0.4 })).toBe(0.2);
  expect(after(0.4, { failureRate: 0 })).toBe(0.2);
  expect(after(0.4, { failureRate: 0, tasksPerSecond: 0 })).toBe(0.4);
});

test("whatever happens, it is a whole number within its bounds", () => {
  const rate = fc.double({ min: 0, max: 1e10, noNaN: true });
  const window = fc.record({
    bytesPerSecond: rate,
    tasksPerSecond: rate,
    failureRate: fc.double({ min: 0, max: 1, noNaN: true }),
    saturated: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(window, { maxLength: 100 }), (windows) => {
      let limit = startLimit();
      for (const next of windows) {
        limit = nextLimit(limit, next);
        expect(Number.isInteger(limit.value) && limit.value >= 4 && limit.value <= 1_024).toBe(true);
      }
    }),
  );
});

interface Link {
  readonly perDownload: number;
  readonly capacity: number;
  /** Beyond so many at once, attempts fail. @default never */
  readonly breaks?: number;
  /** Share of the attempts that fails anyway. @default none */
  readonly broken?: number;
}

/** A minute on a link where each download has a fixed rate until the link is full. */
function aMinute({ perDownload, capacity, breaks = Number.POSITIVE_INFINITY, broken = 0 }: Link): number[] {
  const values: number[] = [];
  for (let limit = startLimit(); values.length < 60; values.push(limit.value)) {
    const bytesPerSecond = Math.min(limit.value * perDownload, capacity);
    const failureRate = limit.value > breaks ? broken + 0.3 : broken;
    limit = nextLimit(limit, { bytesPerSecond, tasksPerSecond: bytesPerSecond / 100, failureRate, saturated: true });
  }
  return values;
}

describe("large files have a limit of their own", () => {
  const next = (limit: Limit, window: Partial<Measured>) =>
    nextLimit(limit, { ...BUSY, tasksPerSecond: 0, ...window }, LARGE);

  test("starts at two, doubles while throughput grows, and reverts when it does not", () => {
    const two = startLimit(LARGE);
    const four = next(two, {});
    const eight = next(four, { bytesPerSecond: 1_900 });
    expect([two.value, four.value, eight.value]).toEqual([2, 4, 8]);
    expect(next(eight, { bytesPerSecond: 2_000 })).toMatchObject({ value: 4, growsFast: false });
    expect(next(at(1), { failureRate: 1, tasksPerSecond: 1 }).value).toBe(1);
  });

  test("then grows in small steps, by bytes alone: whether a file ends in a second says nothing", () => {
    const four = { ...at(4), growsFast: false };
    const six = next(four, {});
    expect(six.value).toBe(6);
    expect(next(six, { bytesPerSecond: 1_090, tasksPerSecond: 5 }).value).toBe(4);
    expect(next(six, { bytesPerSecond: 1_110 }).value).toBe(8);
  });

  test("grow by no more than they may", () => {
    const grow = (limit: Limit, window: Partial<Measured>) =>
      nextLimit(limit, { ...BUSY, tasksPerSecond: 0, ...window }, LARGE, 1);
    const ten = { ...at(10, { value: 9, bytesPerSecond: 9_000, tasksPerSecond: 0 }), growsFast: true };
    expect(grow(startLimit(LARGE), {}).value).toBe(3);
    // Each download has a connection of 1,000 bytes per second.
    expect(grow(ten, { bytesPerSecond: 9_950 }).value).toBe(11);
    expect(grow(ten, { bytesPerSecond: 9_400 }).value).toBe(9);
  });

  test.each([
    ["nobody else has a message yet", { available: 9, inFlight: 4 }, 2],
    ["the queue is deep", { available: 64, inFlight: 50 }, Number.POSITIVE_INFINITY],
    ["others have messages, and few are left", { available: 63, inFlight: 12 }, 1],
  ])("%s: by how much a limit of four may grow", (_name, depth, step) => {
    expect(maxSharedStep(4, { ...depth, delayed: 0 }, 4)).toBe(step);
  });
});

describe("on a simulated link it settles", () => {
  const cases: readonly [name: string, link: Link, low: number, high: number][] = [
    ["not far above what fills a fast one", { perDownload: 1, capacity: 400 }, 400, 666],
    ["around where attempts begin to fail", { perDownload: 1, capacity: 1e9, breaks: 200 }, 101, 254],
    [
      "around where more begin to fail, if a third fails anyway",
      { perDownload: 1, capacity: 1e9, breaks: 200, broken: 0.33 },
      100,
      260,
    ],
  ];

  test.each(cases)("%s", (_name, link, low, high) => {
    const settled = aMinute(link).slice(30);
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...settled)).toBeLessThanOrEqual(high);
  });
});
