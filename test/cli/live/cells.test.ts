import fc from "fast-check";
import { expect, test } from "vitest";
import { cellsOf } from "../../../cli/live/cells.ts";
import { NO_TASK_STATES, TASK_STATES } from "../../../domain/readiness/task-states.ts";
import { fuzz } from "../../fuzz.ts";

test("one failed task of thousands is seen, and a bar is full only with all", () => {
  expect(cellsOf({ ...NO_TASK_STATES, warm: 9_999, failed: 1 }, 50)).toEqual({
    ...NO_TASK_STATES,
    warm: 49,
    failed: 1,
  });
  expect(cellsOf({ ...NO_TASK_STATES, warm: 999, waiting: 1 }, 50)).toEqual({
    ...NO_TASK_STATES,
    warm: 49,
    waiting: 1,
  });
  expect(cellsOf({ ...NO_TASK_STATES, warm: 7 }, 50)).toEqual({ ...NO_TASK_STATES, warm: 50 });
  expect(cellsOf(NO_TASK_STATES, 50)).toEqual({ ...NO_TASK_STATES, waiting: 50 });
});

test("many states in a narrow bar leave none with less than nothing", () => {
  const many = { warm: 25, hit: 25, done: 25, not_kept: 1, failed: 1, under_way: 1, waiting: 22 };
  expect(cellsOf(many, 4)).toEqual({ ...NO_TASK_STATES, done: 1, not_kept: 1, failed: 1, under_way: 1 });
});

test("whatever the shares are, all cells are used and none is negative", () => {
  const share = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(
      fc.tuple(share, share, share, share, share, share, share),
      fc.integer({ min: 4, max: 200 }),
      (all, width) => {
        const [warm, hit, done, not_kept, failed, under_way, waiting] = all;
        const cells = TASK_STATES.map(
          (state) => cellsOf({ warm, hit, done, not_kept, failed, under_way, waiting }, width)[state],
        );
        expect(cells.reduce((sum, it) => sum + it, 0)).toBe(width);
        expect(Math.min(...cells)).toBeGreaterThanOrEqual(0);
      },
    ),
    fuzz(100),
  );
});
