import { describe, expect, test } from "vitest";
import {
  cacheStatusOf,
  downloadsIn,
  nextStep,
  type Observation,
  type ProofStep,
  parseAge,
} from "../../../domain/result/proof.ts";

type Seen = Partial<Omit<Observation, "kind">> & { readonly kind?: Observation["kind"] };

const EDGE: Seen = { cache: "HIT", tier: "EDGE" };
const REC: Seen = { cache: "HIT", tier: "REC" };
const HIT: Seen = { cache: "HIT" };
const MISS: Seen = { cache: "MISS" };
const REFRESH: Seen = { cache: "REFRESH_HIT" };
const NO_ANSWER: Seen = {};
const D: Seen = { ...MISS, kind: "download" };
/** Hits with this `Age`. */
const edge = (age: number): Seen => ({ ...EDGE, age });
const rec = (age: number): Seen => ({ ...REC, age });
const hit = (age: number): Seen => ({ ...HIT, age });

/** Requests that took 100 ms each, two seconds apart; checks, unless they say otherwise. */
function history(...seen: readonly Seen[]): Observation[] {
  return seen.map((it, i) => ({
    kind: i === 0 ? "download" : "check",
    startedAt: i * 2_000,
    endedAt: i * 2_000 + 100,
    ...it,
  }));
}

/** A step in one word, as the rows below write it. */
function inShort(step: ProofStep): string {
  if ("next" in step) return step.next === "check" && step.alone ? "check alone" : step.next;
  if (step.outcome === "hit" && step.warning !== undefined) return `hit: ${step.warning}`;
  return step.outcome === "not_kept" ? `not_kept: ${step.reason}` : step.outcome;
}

type Row = readonly [what: string, seen: readonly Seen[], next: string, originSendsAge?: boolean];

const rows: readonly Row[] = [
  ["nothing", [], "download"],
  ["D without x-cache", [{ kind: "download" }], "done"],
  ["D is a Miss", [D], "check"],
  ["D is a Hit of the edge, old: its Age may be the origin's", [edge(9)], "check"],
  ["the same, and the origin sends an Age", [edge(9)], "check", true],

  ["C is a Hit of the edge that grew", [D, edge(1)], "warm"],
  ["the same after a D that was a Hit", [edge(7), edge(9)], "warm"],
  ["the same, tier not reported", [D, hit(1)], "hit"],
  ["the same, with an upstream layer: it was no hit", [D, { ...EDGE, upstream: "Origin Shield", age: 1 }], "hit"],
  ["the same, and the origin sends an Age", [{ ...D, age: 5 }, edge(7)], "hit: origin_age", true],
  ["C is a Hit of the REC that grew", [D, rec(1)], "download"],
  ["C is a Hit of the REC without growth", [D, REC], "download"],
  ["C is a Hit of Origin Shield that grew", [D, { ...rec(1), tier: "Origin Shield" }], "download"],
  ["the REC again, after the second D", [D, rec(1), { ...D, ...REC, age: 3 }, rec(5)], "not_kept: REC_ONLY"],
  ["the edge, after the second D", [D, rec(1), { ...D, ...REC, age: 3 }, edge(5)], "warm"],
  ["the REC without Age, after the second D", [D, REC, D, REC], "check alone"],
  ["the REC without Age twice, after the second D", [D, REC, D, REC, REC], "not_kept: REC_ONLY"],
  ["the REC of one Age twice", [D, REC, D, rec(90), rec(90)], "not_kept: REC_ONLY"],
  [
    "the REC, then nothing, after the second D",
    [D, REC, D, REC, NO_ANSWER, NO_ANSWER, NO_ANSWER],
    "not_kept: REC_ONLY",
  ],
  ["the REC without Age, then the edge", [D, REC, D, REC, EDGE], "hit: no_age"],

  ["C is a Hit without growth", [D, edge(0)], "check alone"],
  ["C is a Hit without Age", [D, EDGE], "check alone"],
  ["C jumps further than time has passed", [D, edge(500)], "check alone"],
  ["C came too soon to have grown", [D, { ...EDGE, age: 1, startedAt: 1_199, endedAt: 1_200 }], "check alone"],
  ["C2 grew", [D, edge(0), edge(2)], "warm"],
  ["C2 grew after a C that jumped", [D, edge(500), edge(502)], "warm"],
  ["C2 grew since D, and not since C: another server has it", [D, edge(500), edge(4)], "warm"],
  ["C and C2 without Age", [D, EDGE, EDGE], "hit: no_age"],
  ["C and C2 of Age 0", [D, edge(0), edge(0)], "hit: age_constant"],
  ["C and C2 of the same Age", [D, hit(90), hit(90)], "hit: age_constant"],
  ["C without Age, C2 of Age 0", [D, HIT, hit(0)], "hit: age_constant"],
  ["C2 is younger than C", [D, edge(90), edge(50)], "check alone"],
  ["so is C3", [D, edge(90), edge(70), edge(50)], "hit: age_constant"],
  ["C3 grew since C2", [D, edge(90), edge(50), edge(52)], "warm"],

  ["C is a RefreshHit", [D, REFRESH], "check"],
  ["so is C2", [D, REFRESH, REFRESH], "not_kept: EXPIRES_AT_ONCE"],
  ["C2 is a Hit that grew since", [D, REFRESH, edge(1)], "warm"],
  ["C2 is a Hit without growth", [D, REFRESH, EDGE], "check alone"],
  ["RefreshHits with a Hit between them", [D, REFRESH, EDGE, REFRESH], "hit: no_age"],
  ["a RefreshHit after a Hit", [D, EDGE, REFRESH], "check"],
  ["two RefreshHits in a row after a Hit", [D, EDGE, REFRESH, REFRESH], "not_kept: EXPIRES_AT_ONCE"],
  ["a lost check between two RefreshHits", [D, REFRESH, NO_ANSWER, REFRESH], "not_kept: EXPIRES_AT_ONCE"],
  ["RefreshHits with a Hit of the REC between them", [D, REC, D, REFRESH, REC, REFRESH], "not_kept: REC_ONLY"],
  ["a RefreshHit after each D", [D, REFRESH, MISS, D, REFRESH], "check"],

  ["C is a Miss", [D, MISS], "download"],
  ["C is an error that is kept", [D, { cache: "OTHER", age: 3 }], "download"],
  ["C shows nothing", [D, NO_ANSWER], "check"],
  ["so does its second repeat", [D, NO_ANSWER, NO_ANSWER, NO_ANSWER], "download"],
  ["a repeat is a Miss", [D, NO_ANSWER, MISS], "download"],
  ["a repeat is a Hit that grew since D", [D, NO_ANSWER, edge(3)], "warm"],
  ["C2 shows nothing, and is to be alone again", [D, HIT, NO_ANSWER], "check alone"],
  ["the repeat of C2 is compared with C", [D, EDGE, NO_ANSWER, EDGE], "hit: no_age"],
  ["a Hit without Age, then nothing", [D, HIT, NO_ANSWER, NO_ANSWER, NO_ANSWER], "hit: no_age"],
  ["a Hit with an Age, then nothing", [D, hit(90), NO_ANSWER, NO_ANSWER, NO_ANSWER], "hit: age_constant"],
  ["nothing twice, a Hit, then nothing", [D, NO_ANSWER, NO_ANSWER, HIT, NO_ANSWER], "hit: no_age"],
  ["a RefreshHit, then nothing", [D, REFRESH, NO_ANSWER, NO_ANSWER, NO_ANSWER], "download"],
  ["the second D", [D, MISS, D], "check"],
  ["the second D has no x-cache", [D, MISS, { kind: "download" }], "check"],
  ["the second D is a Hit of the edge, old", [D, MISS, { ...EDGE, kind: "download", age: 9 }], "check"],
  ["a Hit that grew after the second D", [D, MISS, D, edge(1)], "warm"],
  ["a Hit after the second D does not grow since the first", [D, { ...MISS, age: 7 }, D, edge(0)], "check alone"],
  ["C is a Miss again", [D, MISS, D, MISS], "not_kept: NO_HIT"],
  ["C shows nothing after either D", [D, NO_ANSWER, NO_ANSWER, NO_ANSWER, D, NO_ANSWER], "failed"],
  ["repeats of both D count together", [D, NO_ANSWER, NO_ANSWER, MISS, D, NO_ANSWER], "failed"],
  ["C is a Miss after the second D alone", [D, NO_ANSWER, NO_ANSWER, NO_ANSWER, D, MISS], "not_kept: NO_HIT"],
  ["a Hit after the second D, then nothing", [D, MISS, D, HIT, NO_ANSWER, NO_ANSWER, NO_ANSWER], "hit: no_age"],
  ["only before the second D a Hit", [D, HIT, MISS, D, NO_ANSWER, NO_ANSWER, NO_ANSWER], "failed"],
];

test.each(
  rows.map(([what, seen, next, age]): [string, readonly Seen[], string, boolean] => [what, seen, next, age ?? false]),
)("%s", (_, seen, next, originSendsAge) => expect(inShort(nextStep(history(...seen), originSendsAge))).toBe(next));

test("a check may be sent 1.1 s after the answer before it has ended", () => {
  expect(nextStep(history(D), false)).toEqual({ next: "check", earliestAt: 1_200, alone: false });
  expect(nextStep(history(D, EDGE), false)).toEqual({ next: "check", earliestAt: 3_200, alone: true });
  expect(nextStep(history(D, NO_ANSWER), false)).toEqual({ next: "check", earliestAt: 3_200, alone: false });
});

describe("what a header says", () => {
  test.each([
    ["Hit from cloudfront", "HIT"],
    ["RefreshHit from cloudfront", "REFRESH_HIT"],
    ["Miss from cloudfront", "MISS"],
    ["Error from cloudfront", "OTHER"],
    ["LimitExceeded from cloudfront", "OTHER"],
    ["", "OTHER"],
    [undefined, undefined],
  ])("x-cache %s is of class %s", (xCache, status) => expect(cacheStatusOf(xCache)).toBe(status));

  test.each([
    ["0", 0],
    ["007", 7],
    ["86400", 86_400],
    ["-1", undefined],
    ["1.5", undefined],
    ["1e3", undefined],
    ["5, 5", undefined],
    ["x", undefined],
    ["", undefined],
    ["9".repeat(30), undefined],
    [undefined, undefined],
  ])("an Age of %s is %s seconds", (age, seconds) => expect(parseAge(age)).toBe(seconds));
});

test("the downloads are counted without the checks after them", () =>
  expect([history(), history(D), history(D, MISS), history(D, MISS, D)].map(downloadsIn)).toEqual([0, 1, 1, 2]));
