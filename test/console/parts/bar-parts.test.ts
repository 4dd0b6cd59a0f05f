import fc from "fast-check";
import { barParts } from "../../../console/parts/bar-parts.ts";
import { outcomeOf, stripParts } from "../../../console/pop/strip-parts.ts";
import { NO_TASK_STATES, TASK_STATES, type TaskStates } from "../../../domain/readiness/task-states.ts";
import { times } from "../../collect.ts";

const of = (some: Partial<TaskStates>): TaskStates => ({ ...NO_TASK_STATES, ...some });

it("barParts: nothing is all waiting", () =>
  expect(barParts(NO_TASK_STATES, 200)).toEqual([{ outcome: "waiting", x: 0, width: 200 }]));

it("barParts: parts are in proportion and in the order of all bars", () =>
  expect(barParts(of({ waiting: 50, warm: 50 }), 200)).toEqual([
    { outcome: "warm", x: 0, width: 100 },
    { outcome: "waiting", x: 100, width: 100 },
  ]));

it("barParts: a single failed task among millions is seen", () => {
  const failed = barParts(of({ warm: 9_999_999, failed: 1 }), 200).find(({ outcome }) => outcome === "failed");
  expect(failed?.width).toBe(4);
});

it("barParts fills the bar exactly, whatever the counts", () => {
  const counts = fc.record(Object.fromEntries(TASK_STATES.map((name) => [name, fc.nat(1_000_000)])));
  fc.assert(
    fc.property(counts, fc.integer({ min: 60, max: 2_000 }), (some, width) => {
      const parts = barParts(of(some), width);
      expect(parts.reduce((sum, it) => sum + it.width, 0)).toBeCloseTo(width, 3);
      parts.forEach((part, index) => {
        const before = parts[index - 1];
        expect(part.x).toBeCloseTo(before === undefined ? 0 : before.x + before.width, 3);
      });
    }),
  );
});

const bucket = (state: "warm" | "failed" | "not_kept" | "not_tried") => ({ state, first: 1, tasks: 1, failed: 0 });

it("stripParts has the whole width, and what is bad stands out by its height", () => {
  const parts = stripParts([bucket("warm"), bucket("failed"), bucket("not_kept"), bucket("not_tried")], {
    width: 400,
    height: 40,
    widest: 200,
  });
  expect(parts.map(({ x, width }) => [x, width])).toEqual([0, 100, 200, 300].map((x) => [x, 99]));
  expect(parts.map(({ y, height }) => [y, height])).toEqual([
    [16, 24],
    [0, 40],
    [0, 40],
    [16, 24],
  ]);
});

it("stripParts: of a few stay narrow; of 120 in a narrow window none is lost", () => {
  expect(stripParts([bucket("warm")], { width: 400, height: 40, widest: 12 })[0]?.width).toBe(11);
  const parts = stripParts(
    times(120, () => bucket("warm")),
    { width: 200, height: 40, widest: 12 },
  );
  expect(parts.every(({ width }) => width >= 1)).toBe(true);
  expect(stripParts([], { width: 200, height: 40, widest: 12 })).toEqual([]);
});

it("what was not tried has the shape of what waits", () =>
  expect([outcomeOf("not_tried"), outcomeOf("failed")]).toEqual(["waiting", "failed"]));
