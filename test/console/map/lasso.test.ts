import { expect, test } from "vitest";
import { isWithin } from "../../../console/map/lasso.ts";

// A C: its mouth opens to the right.
const LINE = [
  ...[
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 3 },
    { x: 3, y: 3 },
  ],
  ...[
    { x: 3, y: 7 },
    { x: 10, y: 7 },
    { x: 10, y: 10 },
    { x: 0, y: 10 },
  ],
];

test.each([
  [1, 5, true],
  [8, 1, true],
  [8, 9, true],
  [8, 5, false],
  [-1, 5, false],
  [11, 1, false],
])("%i, %i is within the line: %s", (x, y, expected) => {
  expect(isWithin({ x, y }, LINE)).toBe(expected);
});
