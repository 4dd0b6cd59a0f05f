import { expect, test } from "vitest";
import type { Row } from "../../../tools/templates/compare.ts";
import { summary, table } from "../../../tools/templates/table.ts";

const ROWS: readonly Row[] = [
  { type: "X::Y::Queue", inTemplate: 2, standing: 1, gap: undefined, faults: ["B does not stand"] },
  {
    type: "X::Y::Policy",
    inTemplate: 3,
    standing: 0,
    gap: { type: "X::Y::Policy", lacks: "resource", why: "not known" },
    faults: [],
  },
];

test("a stack's table has a line for each type and each fault", () => {
  expect(table("Stack", ROWS).split("\n")).toEqual([
    "Stack",
    "  X::Y::Queue     1 of 2",
    "    FAULT: B does not stand",
    "  X::Y::Policy    0 of 3  (not known)",
  ]);
});

test("the last line counts", () => {
  expect(summary(ROWS, 1)).toBe("moto: 1 of 5 resources stood, 3 are of types that it cannot do, 2 faults");
});
