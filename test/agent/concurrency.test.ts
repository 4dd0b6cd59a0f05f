import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Limit, nextLimit, startLimit, type Window } from "../../agent/concurrency.ts";

const BUSY: Window = { bytesPerSecond: 1_000, tasksPerSecond: 10, troubled: 0, saturated: true };
const at = (value: number, before: Limit["before"] = undefined, usualTrouble = 0): Limit => ({ value, before, usualTrouble });

describe("one step", () => {
  const before = { bytesPerSecond: 1_000, tasksPerSecond: 10 };
  const cases: readonly [name: string, limit: Limit, window: Partial<Window>, value: number][] = [
    ["grows from the start", startLimit, {}, 42],
    ["grows while bytes do", at(42, before), { bytesPerSecond: 1_031 }, 55],
    ["grows while tasks do", at(42, before), { tasksPerSecond: 10.4 }, 55],
    ["goes back when nothing is gained", at(42, before), {}, 32],
    ["goes back when too little is gained", at(42, before), { bytesPerSecond: 1_029 }, 32],
    ["goes back when it costs", at(42, before), { bytesPerSecond: 500, tasksPerSecond: 5 }, 32],
    ["stays where it does not bind", at(42, before), { saturated: false, bytesPerSecond: 9_000 }, 42],
    ["halves on trouble", at(42, before), { troubled: 0.06, bytesPerSecond: 9_000 }, 21],
    ["halves on trouble that comes unsaturated", at(42), { troubled: 1, saturated: false }, 21],
    ["bears a little trouble", at(42, before), { troubled: 0.05, bytesPerSecond: 2_000 }, 55],
    ["never exceeds its bound", at(1_000), {}, 1_024],
    ["never falls below its bound by trouble", at(5), { troubled: 1 }, 4],
    ["never falls below its bound by going back", at(4, before), {}, 4],
    ["leaves its lower bound again", at(4), {}, 6],
  ];

  test.each(cases)("%s", (_name, limit, window, value) => {
    expect(nextLimit(limit, { ...BUSY, ...window }).value).toBe(value);
  });

  test("what was before counts once: after going back or halving, the next window is compared afresh", () => {
    expect(nextLimit(at(42, before), BUSY).before).toBeUndefined();
    expect(nextLimit(at(42, before), { ...BUSY, troubled: 1 }).before).toBeUndefined();
    expect(nextLimit(at(42), BUSY).before).toEqual(before);
  });
});

test("whatever happens, it is a whole number within its bounds", () => {
  const rate = fc.double({ min: 0, max: 1e10, noNaN: true });
  const window = fc.record({
    bytesPerSecond: rate,
    tasksPerSecond: rate,
    troubled: fc.double({ min: 0, max: 1, noNaN: true }),
    saturated: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(window, { maxLength: 100 }), (windows) => {
      let limit = startLimit;
      for (const next of windows) {
        limit = nextLimit(limit, next);
        expect(Number.isInteger(limit.value) && limit.value >= 4 && limit.value <= 1_024).toBe(true);
      }
    }),
  );
});

/** A minute on a link where every download brings so much until the link is full; beyond `breaks`, attempts fail. */
function aMinute(link: {
  readonly perDownload: number;
  readonly capacity: number;
  readonly breaks?: number;
}): number[] {
  const { perDownload, capacity, breaks = Number.POSITIVE_INFINITY } = link;
  const values: number[] = [];
  for (let limit = startLimit; values.length < 60; values.push(limit.value)) {
    const bytesPerSecond = Math.min(limit.value * perDownload, capacity);
    const troubled = limit.value > breaks ? 0.3 : 0;
    limit = nextLimit(limit, { bytesPerSecond, tasksPerSecond: bytesPerSecond / 100, troubled, saturated: true });
  }
  return values;
}

describe("on a simulated link it settles", () => {
  const cases: readonly [name: string, link: Parameters<typeof aMinute>[0], low: number, high: number][] = [
    ["one step around what fills a fast one", { perDownload: 1, capacity: 400 }, 459, 597],
    ["where it began, if that fills it", { perDownload: 10, capacity: 100 }, 32, 42],
    ["at the bound, if nothing else holds it", { perDownload: 1, capacity: 1e9 }, 787, 1_024],
    ["around where attempts begin to fail", { perDownload: 1, capacity: 1e9, breaks: 200 }, 101, 254],
    ["at the lower bound, if attempts fail always", { perDownload: 1, capacity: 1e9, breaks: 0 }, 4, 4],
  ];

  test.each(cases)("%s", (_name, link, low, high) => {
    const settled = aMinute(link).slice(20);
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...settled)).toBeLessThanOrEqual(high);
  });
});
