import { describe, expect, it } from "vitest";
import { originFetches, popsByRec } from "../../../domain/cost/estimate-request.ts";

const TOKYO = ["KIX50-C1", "KIX50-P2", "NRT57-P3"];
const DUBLIN = ["DUB2-C1"];
const NOWHERE = "XQX1-P1";

describe("how often the origin is asked", () => {
  it.each([
    ["lead-first: once a REC", [...TOKYO, ...DUBLIN], "lead-first", 10, { expected: 20, least: 20, most: 20 }],
    [
      "all-at-once: once a REC, or once a POP",
      [...TOKYO, ...DUBLIN],
      "all-at-once",
      10,
      { expected: null, least: 20, most: 40 },
    ],
    ["all-at-once, a POP a REC", ["NRT57-P3", "DUB2-C1"], "all-at-once", 10, { expected: 20, least: 20, most: 20 }],
    [
      "a REC that nobody knows may be another's",
      [...TOKYO, NOWHERE],
      "lead-first",
      10,
      { expected: 20, least: 10, most: 20 },
    ],
    ["nobody knows any", [NOWHERE], "lead-first", 3, { expected: 3, least: 3, most: 3 }],
  ] as const)("%s", (_, pops, order, forms, expected) => {
    expect(originFetches(pops, order, forms)).toEqual({ ...expected, size_questions: forms });
  });

  it("one fetch per REC group where a REC has more POPs than one message names", () => {
    const many = Array.from({ length: 70 }, (_, i) => `NRT${i + 1}-P1`);
    expect(originFetches(many, "lead-first", 5)).toMatchObject({ expected: 10, least: 5, most: 10 });
  });
});

it("POPs stand by their REC, those without one apart", () => {
  expect(popsByRec([...TOKYO, NOWHERE, ...DUBLIN])).toEqual({
    count: 5,
    recs: [
      { rec: "Tokyo", pops: TOKYO },
      { rec: "Ireland", pops: DUBLIN },
    ],
    unknown_rec: [NOWHERE],
  });
});
