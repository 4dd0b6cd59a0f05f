import { describe, expect, test } from "vitest";
import { linesOf } from "../../../console/map/lines.ts";
import { metrosOf, type Placed, recsOf } from "../../../console/map/metros.ts";

const NOW = Date.UTC(2026, 10, 25);
const pop = (code: string, rec: string | null, last_resolved_at: string | null = null): Placed => ({
  code,
  rec,
  last_resolved_at,
});

const POPS = [
  pop("NRT51-P2", "Tokyo", "2026-11-24 03:00:00.000000"),
  pop("NRT57-P3", "Tokyo"),
  pop("KIX50-P2", "Tokyo", "2026-08-01 03:00:00.000000"),
  pop("PVG52-E1", null),
  pop("XXX1-P1", null),
];

describe("metros", () => {
  test("have the POPs of their site, and are asleep if none resolved in 30 days", () => {
    const metros = metrosOf(POPS, NOW);
    expect(metros.map(({ id, pops, isAsleep }) => [id, pops.length, isAsleep])).toEqual([
      ["NRT", 2, false],
      ["KIX", 1, true],
      ["PVG", 1, true],
    ]);
  });

  test("where no POP has ever been asked for, none is asleep", () => {
    expect(metrosOf([pop("NRT51-P2", "Tokyo")], NOW)[0]?.isAsleep).toBe(false);
  });

  test("a site without a place on the map has no mark", () => {
    expect(metrosOf([pop("XXX1-P1", null)], NOW)).toEqual([]);
  });
});

test("a REC has all POPs that it serves; those without one are in none", () => {
  expect(recsOf(POPS).map(({ id, pops }) => [id, pops])).toEqual([["Tokyo", ["NRT51-P2", "NRT57-P3", "KIX50-P2"]]]);
});

test("a line leads from the REC to each metro with a chosen POP", () => {
  const lines = linesOf(metrosOf(POPS, NOW), recsOf(POPS), new Set(["KIX50-P2", "PVG52-E1"]));
  expect(lines.map(({ key }) => key)).toEqual(["Tokyo KIX"]);
  expect(linesOf(metrosOf(POPS, NOW), recsOf(POPS), new Set())).toEqual([]);
});
