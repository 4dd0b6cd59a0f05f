import { describe, expect, test } from "vitest";
import { compare, unused } from "../../../tools/templates/compare.ts";
import type { Gap } from "../../../tools/templates/moto-gaps.ts";
import { GAPS } from "../../../tools/templates/moto-gaps.ts";
import type { Standing } from "../../../tools/templates/standing.ts";

const TEMPLATE = { Resources: { A: { Type: "X::Y::Queue" }, B: { Type: "X::Y::Queue" }, C: { Type: "X::Y::Policy" } } };
const queue = (physicalId?: string): Standing => ({ type: "X::Y::Queue", physicalId });
const POLICY = { type: "X::Y::Policy", lacks: "resource", why: "not known" } as const;

/** Faults by type, without the types that have none. */
function faults(stands: Readonly<Record<string, Standing>>, gaps: readonly Gap[]) {
  const rows = compare(TEMPLATE, new Map(Object.entries(stands)), gaps);
  return Object.fromEntries(rows.filter((row) => row.faults.length > 0).map((row) => [row.type, row.faults]));
}

test("counts each type, and says why one falls short", () => {
  expect(
    compare(
      TEMPLATE,
      new Map([
        ["A", queue("a")],
        ["B", queue("b")],
      ]),
      [POLICY],
    ),
  ).toEqual([
    { type: "X::Y::Policy", inTemplate: 1, standing: 0, gap: POLICY, faults: [] },
    { type: "X::Y::Queue", inTemplate: 2, standing: 2, gap: undefined, faults: [] },
  ]);
});

describe("a fault", () => {
  test("is a resource that does not stand", () => {
    expect(faults({ A: queue("a") }, [POLICY])).toEqual({ "X::Y::Queue": ["B does not stand"] });
  });

  test("is one that stands as something else", () => {
    expect(faults({ A: queue("a"), B: { type: "X::Y::Topic", physicalId: "b" } }, [POLICY])).toEqual({
      "X::Y::Queue": ["B does not stand"],
    });
  });

  test("is one without a physical id", () => {
    expect(faults({ A: queue("a"), B: queue() }, [POLICY])).toEqual({ "X::Y::Queue": ["B has no physical id"] });
  });

  test("is a type that is nobody's gap", () => {
    expect(faults({ A: queue("a"), B: queue("b") }, [])).toEqual({ "X::Y::Policy": ["C does not stand"] });
  });

  test("is a gap that is none any more", () => {
    const stale = [expect.stringContaining("moto can do it after all")];
    const all = { A: queue("a"), B: queue(), C: { type: "X::Y::Policy", physicalId: "c" } };
    expect(faults(all, [POLICY, { type: "X::Y::Queue", lacks: "id", why: "" }])).toEqual({
      "X::Y::Policy": stale,
      "X::Y::Queue": stale,
    });
  });
});

test("a gap in ids excuses no resource that is missing", () => {
  expect(faults({ A: queue() }, [POLICY, { type: "X::Y::Queue", lacks: "id", why: "" }])).toEqual({
    "X::Y::Queue": ["B does not stand"],
  });
});

test("a gap in deletion excuses nothing while the stack is there", () => {
  expect(faults({ A: queue("a") }, [POLICY, { type: "X::Y::Queue", lacks: "deletion", why: "" }])).toEqual({
    "X::Y::Queue": ["B does not stand"],
  });
});

test("gaps of types that no template has are found out", () => {
  expect(unused([TEMPLATE], [POLICY, { type: "X::Y::Table", lacks: "id", why: "" }])).toEqual(["X::Y::Table"]);
});

test("each gap has a reason and stands once", () => {
  expect(GAPS.filter(({ why }) => why === "")).toEqual([]);
  expect(new Set(GAPS.map(({ type, lacks }) => `${type} ${lacks}`)).size).toBe(GAPS.length);
});
