import fc from "fast-check";
import { barParts } from "../../../console/parts/bar-parts.ts";
import { NO_TASK_STATES, TASK_STATES, type TaskStates } from "../../../domain/readiness/task-states.ts";

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
