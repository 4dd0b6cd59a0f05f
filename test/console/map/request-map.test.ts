import { describe, expect, test } from "vitest";
import { sectorsOf } from "../../../console/map/sectors.ts";
import { legendOf, markOf } from "../../../console/map/state-marks.ts";
import { stateOfMetros } from "../../../console/map/state-of-metros.ts";

const NONE = { warm: 0, hit: 0, done: 0, not_kept: 0, failed: 0, under_way: 0, waiting: 0 };

test("a metro's states are the sum of its POPs'; a POP without a place is told apart", () => {
  const { metros, unplaced } = stateOfMetros([
    { pop: "NRT51-P2", outcomes: { ...NONE, warm: 5, failed: 1 } },
    { pop: "NRT57-P3", outcomes: { ...NONE, warm: 2, waiting: 4 } },
    { pop: "XXX1-P1", outcomes: NONE },
  ]);
  expect(metros).toHaveLength(1);
  expect(metros[0]?.outcomes).toEqual({ ...NONE, warm: 7, failed: 1, waiting: 4 });
  expect(unplaced).toEqual(["XXX1-P1"]);
});

describe("a metro's mark", () => {
  test("is a disc, at the end the shape of what is bad there, and both while it is under way", () => {
    expect(markOf({ ...NONE, warm: 3 })).toEqual({ disc: true, bad: undefined });
    expect(markOf({ ...NONE, warm: 3, failed: 1, not_kept: 1 })).toEqual({ disc: false, bad: "failed" });
    expect(markOf({ ...NONE, warm: 3, not_kept: 1, waiting: 2 })).toEqual({ disc: true, bad: "not_kept" });
  });

  test("is in the legend with the same shape, and nothing else is", () => {
    const order = ["warm", "not_kept", "failed", "waiting"] as const;
    const fine = { ...NONE, warm: 3 };
    const failed = { ...NONE, hit: 3, failed: 1, not_kept: 1 };
    expect(legendOf([fine, failed], order)).toEqual(["warm", "failed"]);
    expect(legendOf([{ ...failed, waiting: 1 }], order)).toEqual(["not_kept", "failed", "waiting"]);
  });
});

describe("a disc's parts", () => {
  test("stand in the order of the bars", () => {
    expect(sectorsOf({ ...NONE, waiting: 1, warm: 1, failed: 1 }).map(({ outcome }) => outcome)).toEqual([
      ...["warm", "failed", "waiting"],
    ]);
  });

  test("one state is a whole disc, no task is none", () => {
    expect(sectorsOf({ ...NONE, warm: 3 })).toHaveLength(1);
    expect(sectorsOf(NONE)).toEqual([]);
  });

  test("a single failure of many is seen", () => {
    const failed = sectorsOf({ ...NONE, warm: 100_000, failed: 1 }).at(-1)?.path ?? "";
    expect(failed).toMatch(/^M0 0L-0\.6/);
  });
});
