import { expect, test } from "vitest";
import { seatsOf } from "../../../domain/origin/seats.ts";

test.each([
  ["alone", 10, { index: 0, count: 1 }, 0, 10],
  ["a third, and one that is left over", 10, { index: 0, count: 3 }, 0, 4],
  ["a third", 10, { index: 2, count: 3 }, 0, 3],
  ["more processes than seats, one of the first", 2, { index: 1, count: 4 }, 0, 1],
  ["more processes than seats, one of the last", 2, { index: 2, count: 4 }, 0, 0],
  ["the others have not yet given theirs back", 10, { index: 0, count: 2 }, 8, 2],
  ["they have all of them", 10, { index: 0, count: 2 }, 10, 0],
  ["they have more", 10, { index: 0, count: 2 }, 12, 0],
])("%s: of %i, %j with %i of others has %i", (_, limit, place, others, seats) => {
  expect(seatsOf(limit, place, others)).toBe(seats);
});

test("together they have as many as there are", () => {
  for (const [limit, count] of [
    [10, 3],
    [2, 5],
    [7, 7],
    [1, 300],
  ] as const) {
    const all = Array.from({ length: count }, (__, index) => seatsOf(limit, { index, count }, 0));
    expect(all.reduce((sum, seats) => sum + seats, 0)).toBe(limit);
  }
});
