import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { named, ownerOf } from "../../../domain/origin/owner.ts";
import { nextOwnTurn, nextTurn, turnAt, turnsPerSecond } from "../../../domain/origin/turns.ts";
import { busiestSecond } from "../../../tools/edge/origin-log.ts";

const START = 1_700_000_000_000;

/** Moments at which a process asks that always wants to, between two moments. */
function asks(
  perSecond: number,
  from: number,
  to: number,
  owns: (turn: number) => boolean = () => true,
  last = -1,
): { at: number }[] {
  const moments = [];
  for (let turn: number | undefined = last; ; ) {
    turn = nextOwnTurn(from, turn, perSecond, owns);
    const at = turn === undefined ? Number.POSITIVE_INFINITY : turnAt(turn, perSecond);
    if (turn === undefined || at > to) return moments;
    if (at >= from) moments.push({ at });
  }
}

/** Whether a turn is one process's, among so many. */
const ownBy = (index: number, count: number) => {
  const all = Array.from({ length: count }, (_, i) => named(`p${i}`));
  return (turn: number) => ownerOf(turn, all) === `p${index}`;
};

test.each([
  // At 10 requests a second, turn 9 is at one second.
  [0, -1, 0],
  [0, 0, 1],
  [1_000, -1, 9],
  [1_000, 9, 10],
  // Late by less than 50 ms, and by more.
  [1_049, -1, 9],
  [1_051, -1, 10],
])("at %i ms, after turn %i, the next turn is %i", (now, last, turn) => {
  expect(nextTurn(now, last, 10)).toBe(turn);
});

test.each([
  ["the next of its own", (turn: number) => turn % 4 === 0, 12],
  ["the next, if that is its own", (turn: number) => turn % 4 === 1, 9],
  ["none, if it has none for long", () => false, undefined],
])("of those that share them, a process has %s", (_, owns, turn) => {
  expect(nextOwnTurn(1_000, -1, 10, owns)).toBe(turn);
});

test("a turn is where it was said to be", () => {
  expect(turnAt(9, 10)).toBeCloseTo(1_000, 6);
  expect(turnsPerSecond(50)).toBeCloseTo(45, 6);
});

describe("all processes together", () => {
  test("own each turn once, and no second has more than the limit, however many they are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.2, max: 100, noNaN: true }),
        fc.integer({ min: 0, max: 10_000 }),
        (count, perSecond, offset) => {
          const from = START + offset;
          const all = Array.from({ length: count }, (_, index) =>
            asks(perSecond, from, from + 2_000, ownBy(index, count)),
          );
          const log = all.flat().toSorted((a, b) => a.at - b.at);
          expect(log).toEqual(asks(perSecond, from, from + 2_000));
          expect(busiestSecond(log)).toBeLessThanOrEqual(Math.max(1, perSecond));
        },
      ),
      { numRuns: 30 },
    );
  });

  test("one that dies leaves holes alone", () => {
    const left = [0, 2, 3].flatMap((index) => asks(40, START, START + 10_000, ownBy(index, 4)));
    expect(left.length / (36 * 10)).toBeCloseTo(0.75, 1);
  });
});

test("one that was held up for seconds does not make up for it", () => {
  const late = asks(40, START + 5_000, START + 6_000, () => true, nextTurn(START, -1, 40));
  expect(late.length).toBeLessThanOrEqual(38);
});
