import { isStale, LATELY_MS, metrosOf } from "../../../console/map/metros.ts";
import { summedOutcomes } from "../../../console/map/request-map.tsx";
import { sectorsOf } from "../../../console/map/sectors.ts";
import { legendOf, markOf } from "../../../console/map/state-marks.ts";
import { NO_TASK_STATES } from "../../../domain/readiness/task-states.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";

test("metros have the POPs of their site; a POP whose site has no place on the map is told apart", () => {
  const { metros, unplaced } = metrosOf(["NRT51-P2", "NRT57-P3", "KIX50-P2", "XXX1-P1"], (pop) => pop);
  expect(metros.map(({ site, pops }) => [site, pops])).toEqual([
    ["NRT", ["NRT51-P2", "NRT57-P3"]],
    ["KIX", ["KIX50-P2"]],
  ]);
  expect(unplaced).toEqual(["XXX1-P1"]);
});

test("POPs are stale if the last of them resolved 30 days ago; POPs that no request named are not", () => {
  const now = Date.UTC(2026, 10, 25);
  const resolved = (...ages: readonly (number | null)[]) =>
    ages.map((age) => ({ last_resolved_at: age === null ? null : formatTimestamp(now - age) }));
  expect(isStale(resolved(LATELY_MS + 1, null), now)).toBe(true);
  expect(isStale(resolved(LATELY_MS + 1, LATELY_MS - 1), now)).toBe(false);
  expect(isStale(resolved(null), now)).toBe(false);
});

test("a metro's states are the sum of its POPs'", () =>
  expect(
    summedOutcomes([
      { pop: "NRT51-P2", outcomes: { ...NO_TASK_STATES, warm: 5, failed: 1 } },
      { pop: "NRT57-P3", outcomes: { ...NO_TASK_STATES, warm: 2, waiting: 4 } },
    ]),
  ).toEqual({ ...NO_TASK_STATES, warm: 7, failed: 1, waiting: 4 }));

test("a metro's mark is a disc, at the end the shape of what is bad there, and both while it is under way", () => {
  expect(markOf({ ...NO_TASK_STATES, warm: 3 })).toEqual({ disc: true, bad: undefined });
  expect(markOf({ ...NO_TASK_STATES, warm: 3, failed: 1, not_kept: 1 })).toEqual({ disc: false, bad: "failed" });
  expect(markOf({ ...NO_TASK_STATES, warm: 3, not_kept: 1, waiting: 2 })).toEqual({ disc: true, bad: "not_kept" });
});

test("a metro's mark is in the legend with the same shape, and nothing else is", () => {
  const order = ["warm", "not_kept", "failed", "waiting"] as const;
  const fine = { ...NO_TASK_STATES, warm: 3 };
  const failed = { ...NO_TASK_STATES, hit: 3, failed: 1, not_kept: 1 };
  expect(legendOf([fine, failed], order)).toEqual(["warm", "failed"]);
  expect(legendOf([{ ...failed, waiting: 1 }], order)).toEqual(["not_kept", "failed", "waiting"]);
});

test("a disc's parts stand in the order of the bars", () =>
  expect(sectorsOf({ ...NO_TASK_STATES, waiting: 1, warm: 1, failed: 1 }).map(({ outcome }) => outcome)).toEqual([
    ...["warm", "failed", "waiting"],
  ]));

test("a disc's parts: one state is a whole disc, no task is none", () => {
  expect(sectorsOf({ ...NO_TASK_STATES, warm: 3 })).toHaveLength(1);
  expect(sectorsOf(NO_TASK_STATES)).toEqual([]);
});

test("a disc's parts: a single failure of many is seen", () => {
  const failed = sectorsOf({ ...NO_TASK_STATES, warm: 100_000, failed: 1 }).at(-1)?.path ?? "";
  expect(failed).toMatch(/^M0 0L-0\.6/);
});
