import { describe, expect, it } from "vitest";
import {
  type PopShare,
  type Readiness,
  readinessOf,
  readinessSchema,
  type Survey,
  VERDICTS,
  verdictOf,
  verdictSchema,
} from "../../../domain/readiness/verdict.ts";

const pop = (n: number, lacking = 0, change: Partial<PopShare> = {}): PopShare => ({
  ...{ pop: `SIN${n}-P1`, tasks: 1_000, lacking, resolved: true },
  ...change,
});
const survey = (change: Partial<Survey> = {}): Survey => ({
  ...{ coldObjects: 0, coldExamples: [], coldRecs: [], pops: Array.from({ length: 40 }, (_, i) => pop(i)) },
  ...change,
});
const NO_TROUBLE = { reasons: 0, unreadable: 0 };
const lackingPops = (lacking: number, of: number, tasks = 11) =>
  survey({ pops: Array.from({ length: of }, (_, i) => pop(i, i < lacking ? tasks : 0)) });

describe("the verdict", () => {
  it.each([
    ["ready", "everything is good", "FINISHED", survey(), NO_TROUBLE],
    ["ready_with_exceptions", "some tasks failed", "FINISHED", survey(), { reasons: 2, unreadable: 0 }],
    ["ready_with_exceptions", "a URL could not be read", "FINISHED", survey(), { reasons: 0, unreadable: 1 }],
    [
      "ready_with_exceptions",
      "5% of the POPs lack more than 1%",
      "FINISHED",
      lackingPops(2, 40),
      { reasons: 1, unreadable: 0 },
    ],
    ["not_ready", "more than 5% of the POPs do", "FINISHED", lackingPops(3, 40), { reasons: 1, unreadable: 0 }],
    [
      "ready_with_exceptions",
      "all POPs lack 1% and no more",
      "FINISHED",
      lackingPops(40, 40, 10),
      { reasons: 1, unreadable: 0 },
    ],
    [
      "not_ready",
      "one object is cold for a whole REC",
      "FINISHED",
      survey({ coldObjects: 1 }),
      { reasons: 1, unreadable: 0 },
    ],
    ["not_ready", "everything is good, and a user stopped it", "STOPPED", survey(), NO_TROUBLE],
    ["not_ready", "everything is good, and its time was up", "TIMEOUT", survey(), NO_TROUBLE],
    ["not_ready", "everything is good, and it failed", "FAILED", survey(), NO_TROUBLE],
    [
      "ready_with_exceptions",
      "one POP of 20 did not resolve",
      "FINISHED",
      survey({ pops: [...Array.from({ length: 19 }, (_, i) => pop(i)), pop(99, 1_000, { resolved: false })] }),
      NO_TROUBLE,
    ],
    [
      "not_ready",
      "one POP of 19 did not resolve",
      "FINISHED",
      survey({ pops: [...Array.from({ length: 18 }, (_, i) => pop(i)), pop(99, 1_000, { resolved: false })] }),
      NO_TROUBLE,
    ],
  ] as const)("is %s: %s", (verdict, _, status, seen, trouble) => {
    expect(verdictOf(status, readinessOf(seen, trouble))).toBe(verdict);
  });

  it("is one of those that the table tells", () => {
    expect(verdictSchema.options).toEqual(Object.keys(VERDICTS));
  });
});

describe("what the verdict rests on", () => {
  it("counts kinds of trouble, not tasks", () => {
    const { exceptions } = readinessOf(
      survey({ pops: [pop(1), pop(2, 1_000, { resolved: false }), pop(3, 1_000, { resolved: false })] }),
      { reasons: 2, unreadable: 40 },
    );
    expect(exceptions).toBe(4);
  });

  it("names the POPs that lack most first", () => {
    const seen = readinessOf(survey({ pops: [pop(1, 20), pop(2, 900), pop(3, 5)] }), NO_TROUBLE);
    expect(seen).toMatchObject({ lacking_pops: 2, lacking_examples: ["SIN2-P1", "SIN1-P1"], pops: 3 });
  });

  it("stays small in the item, whatever there is", () => {
    const url = `https://a.example/${"x".repeat(8_000)}`;
    const coldExamples = Array.from({ length: 9 }, () => ({ url, variant: "v".repeat(32), rec: "N. Virginia" }));
    const all = {
      ...lackingPops(600, 600),
      coldObjects: 60_000,
      coldExamples,
      coldRecs: Array(15).fill("N. California"),
    };
    const seen: Readiness = readinessOf(all, { reasons: 15, unreadable: 60_000 });
    expect(JSON.stringify(seen).length).toBeLessThan(3_500);
    expect(readinessSchema.parse(seen)).toEqual(seen);
    expect(seen.cold_examples[0]?.url).toMatch(/…$/);
  });
});
