import { describe, expect, test } from "vitest";
import {
  isHit,
  nextStep,
  OUTCOMES,
  outcomeSchema,
  outcomes,
  readOutcome,
  roundsOf,
  type Seen,
  tierOf,
} from "../../../domain/result/outcome.ts";

const MISS: Seen = { ask: "whole", xCache: "Miss from cloudfront" };
const whole = (seen: Partial<Seen>): Seen => ({ ...MISS, ...seen });
const check = (seen: Partial<Seen>): Seen => ({ ask: "check", xCache: "Hit from cloudfront", ...seen });
const HIT = "Hit from cloudfront";
const NOTHING: Seen = { ask: "check" };

const cases: readonly [name: string, seen: readonly Seen[], next: Seen["ask"] | keyof typeof OUTCOMES][] = [
  ["at first, the download", [], "whole"],
  ["a download that is a hit of the edge", [whole({ xCache: HIT, tier: "EDGE" })], "warm"],
  ["a download that is a hit of the regional cache", [whole({ xCache: HIT, tier: "REC" })], "check"],
  ["a download that is a hit of no told tier", [whole({ xCache: HIT, age: 7 })], "check"],
  ["a miss", [MISS], "check"],
  ["an edge tier without a hit", [whole({ tier: "EDGE" })], "check"],
  ["a server without x-cache", [{ ask: "whole" }], "done"],
  ["a hit of the edge after a miss", [MISS, check({ tier: "EDGE" })], "warm"],
  ["a hit of no told tier, a second old", [MISS, check({ age: 1 })], "hit"],
  ["a hit of no told tier that has just come: perhaps another request's answer", [MISS, check({ age: 0 })], "whole"],
  ["a hit of no told tier without an age: perhaps another request's answer", [MISS, check({})], "whole"],
  [
    "the same after a download that was a hit: both may be others' answers",
    [whole({ xCache: HIT }), check({})],
    "whole",
  ],
  [
    "a hit with an age in the second round",
    [MISS, check({}), whole({ xCache: HIT, age: 1 }), check({ age: 1 })],
    "hit",
  ],
  ["a hit of the regional cache", [MISS, check({ tier: "REC" })], "whole"],
  [
    "a hit of the regional cache that is old: only the edge's own counts",
    [MISS, check({ tier: "REC", age: 7 })],
    "whole",
  ],
  ["a new hit after a hit", [whole({ xCache: HIT, age: 0 }), check({ age: 0 })], "whole"],
  ["a new hit again", [MISS, check({}), whole({ xCache: HIT, age: 0 }), check({ age: 0 })], "not_kept"],
  ["a hit of Origin Shield", [MISS, check({ tier: "Origin Shield" })], "whole"],
  ["a refreshed hit", [MISS, check({ xCache: "RefreshHit from cloudfront", age: 3 })], "whole"],
  ["a kept error", [MISS, check({ xCache: "Error from cloudfront", age: 3 })], "whole"],
  ["a second miss", [MISS, check({ xCache: "Miss from cloudfront" })], "whole"],
  ["a check without an answer", [MISS, NOTHING], "whole"],
  ["the second download", [MISS, NOTHING, MISS], "check"],
  ["the second download is a hit of the edge", [MISS, NOTHING, whole({ xCache: HIT, tier: "EDGE" })], "warm"],
  ["the second download says nothing", [MISS, NOTHING, { ask: "whole" }], "check"],
  ["a hit in the second round", [MISS, NOTHING, MISS, check({ tier: "EDGE" })], "warm"],
  ["no hit in the second round", [MISS, NOTHING, MISS, check({ xCache: "Miss from cloudfront" })], "not_kept"],
  ["the regional cache alone", [MISS, check({ tier: "REC" }), MISS, check({ tier: "REC" })], "not_kept"],
  ["two answers of others", [MISS, check({}), MISS, check({})], "not_kept"],
];

test("where the tier is not told, the check comes when what is kept is a second old", () => {
  const later = { ask: "check", pauseMs: 1_100 };
  expect(nextStep([MISS])).toEqual(later);
  expect(nextStep([whole({ xCache: HIT, age: 0 })])).toEqual(later);
  expect(nextStep([MISS, check({ age: 0 }), MISS])).toEqual(later);
  // What was old before was nobody's answer of a moment ago.
  expect(nextStep([whole({ xCache: HIT, age: 1 })])).toEqual({ ask: "check" });
  expect(nextStep([whole({ told: true })])).toEqual({ ask: "check" });
  expect(nextStep([whole({ told: true, xCache: HIT, tier: "REC", age: 0 })])).toEqual({ ask: "check" });
});

test.each(cases)("%s", (_, seen, next) => {
  const step = nextStep(seen);
  expect("ask" in step ? step.ask : step.outcome).toBe(next);
});

test("all outcomes have their words, and an unknown one is none", () => {
  expect([...outcomes].sort()).toEqual(Object.keys(OUTCOMES).sort());
  expect(outcomeSchema.parse("hotter")).toBeUndefined();
});

describe("the tier", () => {
  test.each([
    ['cdn-cache-hit,cdn-pop;desc="SEA19-C1",cdn-rid;desc="x==",cdn-hit-layer;desc="EDGE"', "EDGE"],
    ['cdn-upstream-layer;desc="REC",cdn-upstream-dns;dur=0,cdn-cache-miss,cdn-pop;desc="PHX50-C2"', undefined],
    ['cdn-cache-hit, cdn-hit-layer;desc="REC"', "REC"],
    ['cdn-hit-layer; desc="Origin Shield"', "Origin Shield"],
    ["cdn-hit-layer;desc=EDGE", "EDGE"],
    ["cdn-hit-layer ; desc=EDGE ;dur=7", "EDGE"],
    ["cdn-hit-layer;desc=", undefined],
    ['x;desc="not cdn-hit-layer;desc=EDGE"', undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%s", (header, tier) => expect(tierOf(header)).toBe(tier));
});

test.each([...outcomes, "hotter", "toString", "", undefined])(
  "a stored outcome %s is read if it is known",
  (stored) => {
    expect(readOutcome(stored)).toBe(outcomes.find((known) => known === stored));
  },
);

test.each([
  ["Hit from cloudfront", true],
  ["hit", true],
  ["RefreshHit from cloudfront", false],
  ["Hits", false],
  ["Miss from cloudfront", false],
  ["Error from cloudfront, not a Hit", false],
  [undefined, false],
])("x-cache %s is a hit: %s", (xCache, hit) => {
  expect(isHit({ xCache })).toBe(hit);
});

test("the rounds are the whole downloads, not the checks after them", () => {
  expect([[], [MISS], [MISS, NOTHING], [MISS, NOTHING, MISS]].map(roundsOf)).toEqual([0, 1, 1, 2]);
});
