import fc from "fast-check";
import { expect, test } from "vitest";
import { cellsOf } from "../../../cli/live/cells.ts";
import { STATES, type Tally } from "../../../cli/live/state.ts";

const NONE: Tally = { warm: 0, hit: 0, done: 0, not_kept: 0, failed: 0, under_way: 0, waiting: 0 };

test("one failed task of thousands is seen, and a bar is full only with all", () => {
  expect(cellsOf({ ...NONE, warm: 9_999, failed: 1 }, 50)).toEqual({ ...NONE, warm: 49, failed: 1 });
  expect(cellsOf({ ...NONE, warm: 999, waiting: 1 }, 50)).toEqual({ ...NONE, warm: 49, waiting: 1 });
  expect(cellsOf({ ...NONE, warm: 7 }, 50)).toEqual({ ...NONE, warm: 50 });
  expect(cellsOf(NONE, 50)).toEqual({ ...NONE, waiting: 50 });
});

test("whatever the shares are, all cells are used and none is negative", () => {
  const share = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(
      fc.tuple(share, share, share, share, share, share, share),
      fc.integer({ min: 4, max: 200 }),
      (all, width) => {
        const [warm, hit, done, not_kept, failed, under_way, waiting] = all;
        const cells = STATES.map(
          (state) => cellsOf({ warm, hit, done, not_kept, failed, under_way, waiting }, width)[state],
        );
        expect(cells.reduce((sum, it) => sum + it, 0)).toBe(width);
        expect(Math.min(...cells)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
