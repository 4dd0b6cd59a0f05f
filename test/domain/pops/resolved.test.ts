import { describe, expect, it } from "vitest";
import { popsToRecord } from "../../../domain/pops/list-pops.ts";

const NOW = Date.parse("2024-04-16T03:12:21Z");
const DAY_MS = 86_400_000;

describe("a POP that resolved is to be noted", () => {
  it.each([
    ["never", new Map(), ["SIN2-P1"]],
    ["a day ago", new Map([["SIN2-P1", NOW - DAY_MS]]), ["SIN2-P1"]],
    ["less than a day ago", new Map([["SIN2-P1", NOW - DAY_MS + 1]]), []],
    ["by a clock that was ahead", new Map([["SIN2-P1", NOW + 5]]), []],
    ["of another POP", new Map([["FRA56-P4", NOW]]), ["SIN2-P1"]],
  ] as const)("if the last note is %s", (_, noted, due) => {
    expect(popsToRecord(["SIN2-P1"], noted, NOW)).toEqual(due);
  });

  it("once, though it resolved under several distributions", () => {
    expect(popsToRecord(["SIN2-P1", "SIN2-P1"], new Map(), NOW)).toEqual(["SIN2-P1"]);
  });
});
