import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextTurn, type Place, turnAt, turnsPerSecond } from "../../../domain/origin/turns.ts";
import { busiestSecond } from "../../../tools/edge/origin-log.ts";

const START = 1_700_000_000_000;

/** Moments at which a process asks that always wants to, between two moments. */
function asks(perSecond: number, place: Place, from: number, to: number, last = -1): { at: number }[] {
  const moments = [];
  for (let turn = last; ; ) {
    turn = nextTurn(from, turn, perSecond, place);
    const at = turnAt(turn, perSecond);
    if (at > to) return moments;
    if (at >= from) moments.push({ at });
  }
}

test.each([
  // At 10 requests a second, turn 9 is at one second.
  [0, -1, { index: 0, count: 1 }, 0],
  [0, 0, { index: 0, count: 1 }, 1],
  [1_000, -1, { index: 0, count: 1 }, 9],
  [1_000, -1, { index: 0, count: 4 }, 12],
  [1_000, -1, { index: 1, count: 4 }, 9],
  [1_000, 9, { index: 1, count: 4 }, 13],
  [1_000, -1, { index: 3, count: 4 }, 11],
  // Late by less than 50 ms, and by more.
  [1_049, -1, { index: 0, count: 1 }, 9],
  [1_051, -1, { index: 0, count: 1 }, 10],
])("at %i ms, after turn %i, %j has turn %i", (now, last, place, turn) => {
  expect(nextTurn(now, last, 10, place)).toBe(turn);
});

test("a turn is where it was said to be", () => {
  expect(turnAt(9, 10)).toBeCloseTo(1_000, 6);
  expect(turnsPerSecond(50, { count: 4 })).toBeCloseTo(11.25, 6);
});

describe("all processes together", () => {
  test("own each turn once, and no second has more than the limit, however many they are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.2, max: 500, noNaN: true }),
        fc.integer({ min: 0, max: 10_000 }),
        (count, perSecond, offset) => {
          const from = START + offset;
          const all = Array.from({ length: count }, (_, index) =>
            asks(perSecond, { index, count }, from, from + 3_000),
          );
          const log = all.flat().toSorted((a, b) => a.at - b.at);
          const alone = asks(perSecond, { index: 0, count: 1 }, from, from + 3_000);
          expect(log).toEqual(alone);
          expect(busiestSecond(log)).toBeLessThanOrEqual(Math.max(1, perSecond));
        },
      ),
    );
  });

  test("one that dies leaves holes alone", () => {
    const left = [0, 2, 3].flatMap((index) => asks(40, { index, count: 4 }, START, START + 10_000));
    expect(left.length).toBeCloseTo(0.75 * 36 * 10, -1);
  });
});

test("one that was held up for seconds does not make up for it", () => {
  const late = asks(
    40,
    { index: 0, count: 1 },
    START + 5_000,
    START + 6_000,
    nextTurn(START, -1, 40, { index: 0, count: 1 }),
  );
  expect(late.length).toBeLessThanOrEqual(38);
});
