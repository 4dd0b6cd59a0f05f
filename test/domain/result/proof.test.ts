import {
  cacheStatusOf,
  downloadsIn,
  nextStep,
  type Observation,
  type ProofStep,
  parseAge,
} from "../../../domain/result/proof.ts";

const EDGE = { cache: "HIT", tier: "EDGE" } as const;
const REC = { cache: "HIT", tier: "REC" } as const;
const DOWNLOAD = { kind: "download" } as const;
/** What a request showed, by its word in a history. Those that begin with D are downloads. */
const SEEN: Readonly<Record<string, Partial<Observation>>> = {
  D: { ...DOWNLOAD, cache: "MISS" },
  D_UNKNOWN: DOWNLOAD,
  D_EDGE: { ...DOWNLOAD, ...EDGE },
  D_REC: { ...DOWNLOAD, ...REC },
  EDGE,
  REC,
  SHIELD: { cache: "HIT", tier: "Origin Shield" },
  HIT: { cache: "HIT" },
  FETCHED: { ...EDGE, upstream: "Origin Shield" },
  TOO_SOON: { ...EDGE, startedAt: 1_199, endedAt: 1_200 },
  MISS: { cache: "MISS" },
  REFRESH: { cache: "REFRESH_HIT" },
  OTHER: { cache: "OTHER" },
  "-": {},
};

/** Requests that took 100 ms each, two seconds apart, as words with their `Age`: `D EDGE:1`. */
function history(words: string): Observation[] {
  return words.split(" ").flatMap((word, i): Observation[] => {
    const [name = "", age] = word.split(":");
    const times = { startedAt: i * 2_000, endedAt: i * 2_000 + 100 };
    const showed = { ...SEEN[name], age: age === undefined ? undefined : Number(age) };
    return name === "" ? [] : [{ kind: "check", ...times, ...showed }];
  });
}

/** A step in one word, as the rows below write it. */
function inShort(step: ProofStep): string {
  if ("next" in step) return step.next === "check" && step.alone ? "check alone" : step.next;
  if (step.outcome === "hit" && step.warning !== undefined) return `hit: ${step.warning}`;
  return step.outcome === "not_kept" ? `not_kept: ${step.reason}` : step.outcome;
}

test.each([
  ["nothing", "", "download"],
  ["D without x-cache", "D_UNKNOWN", "done"],
  ["D is a Miss", "D", "check"],
  ["D is a Hit of the edge, old: its Age may be the origin's", "D_EDGE:9", "check"],
  ["the same, and the origin sends an Age", "D_EDGE:9", "check", true],

  ["C is a Hit of the edge that grew", "D EDGE:1", "warm"],
  ["the same after a D that was a Hit", "D_EDGE:7 EDGE:9", "warm"],
  ["the same, tier not reported", "D HIT:1", "hit"],
  ["the same, with an upstream layer: it was no hit", "D FETCHED:1", "hit"],
  ["the same, and the origin sends an Age", "D:5 EDGE:7", "hit: origin_age", true],
  ["C is a Hit of the REC that grew", "D REC:1", "download"],
  ["C is a Hit of the REC without growth", "D REC", "download"],
  ["C is a Hit of Origin Shield that grew", "D SHIELD:1", "download"],
  ["the REC again, after the second D", "D REC:1 D_REC:3 REC:5", "not_kept: REC_ONLY"],
  ["the edge, after the second D", "D REC:1 D_REC:3 EDGE:5", "warm"],
  ["the REC without Age, after the second D", "D REC D REC", "check alone"],
  ["the REC without Age twice, after the second D", "D REC D REC REC", "not_kept: REC_ONLY"],
  ["the REC of one Age twice", "D REC D REC:90 REC:90", "not_kept: REC_ONLY"],
  ["the REC, then nothing, after the second D", "D REC D REC - - -", "not_kept: REC_ONLY"],
  ["the REC without Age, then the edge", "D REC D REC EDGE", "hit: no_age"],

  ["C is a Hit without growth", "D EDGE:0", "check alone"],
  ["C is a Hit without Age", "D EDGE", "check alone"],
  ["C jumps further than time has passed", "D EDGE:500", "check alone"],
  ["C came too soon to have grown", "D TOO_SOON:1", "check alone"],
  ["C2 grew", "D EDGE:0 EDGE:2", "warm"],
  ["C2 grew after a C that jumped", "D EDGE:500 EDGE:502", "warm"],
  ["C2 grew since D, and not since C: another server has it", "D EDGE:500 EDGE:4", "warm"],
  ["C and C2 without Age", "D EDGE EDGE", "hit: no_age"],
  ["C and C2 of Age 0", "D EDGE:0 EDGE:0", "hit: age_constant"],
  ["C and C2 of the same Age", "D HIT:90 HIT:90", "hit: age_constant"],
  ["C without Age, C2 of Age 0", "D HIT HIT:0", "hit: age_constant"],
  ["C2 is younger than C", "D EDGE:90 EDGE:50", "check alone"],
  ["so is C3", "D EDGE:90 EDGE:70 EDGE:50", "hit: age_constant"],
  ["C3 grew since C2", "D EDGE:90 EDGE:50 EDGE:52", "warm"],

  ["C is a RefreshHit", "D REFRESH", "check"],
  ["so is C2", "D REFRESH REFRESH", "not_kept: EXPIRES_AT_ONCE"],
  ["C2 is a Hit that grew since", "D REFRESH EDGE:1", "warm"],
  ["C2 is a Hit without growth", "D REFRESH EDGE", "check alone"],
  ["RefreshHits with a Hit between them", "D REFRESH EDGE REFRESH", "hit: no_age"],
  ["a RefreshHit after a Hit", "D EDGE REFRESH", "check"],
  ["two RefreshHits in a row after a Hit", "D EDGE REFRESH REFRESH", "not_kept: EXPIRES_AT_ONCE"],
  ["a lost check between two RefreshHits", "D REFRESH - REFRESH", "not_kept: EXPIRES_AT_ONCE"],
  ["RefreshHits with a Hit of the REC between them", "D REC D REFRESH REC REFRESH", "not_kept: REC_ONLY"],
  ["a RefreshHit after each D", "D REFRESH MISS D REFRESH", "check"],

  ["C is a Miss", "D MISS", "download"],
  ["C is an error that is kept", "D OTHER:3", "download"],
  ["C shows nothing", "D -", "check"],
  ["so does its second repeat", "D - - -", "download"],
  ["a repeat is a Miss", "D - MISS", "download"],
  ["a repeat is a Hit that grew since D", "D - EDGE:3", "warm"],
  ["C2 shows nothing, and is to be alone again", "D HIT -", "check alone"],
  ["the repeat of C2 is compared with C", "D EDGE - EDGE", "hit: no_age"],
  ["a Hit without Age, then nothing", "D HIT - - -", "hit: no_age"],
  ["a Hit with an Age, then nothing", "D HIT:90 - - -", "hit: age_constant"],
  ["nothing twice, a Hit, then nothing", "D - - HIT -", "hit: no_age"],
  ["a RefreshHit, then nothing", "D REFRESH - - -", "download"],
  ["the second D", "D MISS D", "check"],
  ["the second D has no x-cache", "D MISS D_UNKNOWN", "check"],
  ["the second D is a Hit of the edge, old", "D MISS D_EDGE:9", "check"],
  ["a Hit that grew after the second D", "D MISS D EDGE:1", "warm"],
  ["a Hit after the second D does not grow since the first", "D MISS:7 D EDGE:0", "check alone"],
  ["C is a Miss again", "D MISS D MISS", "not_kept: NO_HIT"],
  ["C shows nothing after either D", "D - - - D -", "failed"],
  ["repeats of both D count together", "D - - MISS D -", "failed"],
  ["C is a Miss after the second D alone", "D - - - D MISS", "not_kept: NO_HIT"],
  ["a Hit after the second D, then nothing", "D MISS D HIT - - -", "hit: no_age"],
  ["only before the second D a Hit", "D HIT MISS D - - -", "failed"],
])("%s: %s", (_, seen, next, originSendsAge = false) =>
  expect(inShort(nextStep(history(seen), originSendsAge))).toBe(next),
);

test("a check may be sent 1.1 s after the answer before it has ended", () => {
  expect(nextStep(history("D"), false)).toEqual({ next: "check", earliestAt: 1_200, alone: false });
  expect(nextStep(history("D EDGE"), false)).toEqual({ next: "check", earliestAt: 3_200, alone: true });
  expect(nextStep(history("D -"), false)).toEqual({ next: "check", earliestAt: 3_200, alone: false });
});

test.each([
  ["Hit from cloudfront", "HIT"],
  ["RefreshHit from cloudfront", "REFRESH_HIT"],
  ["Miss from cloudfront", "MISS"],
  ["Error from cloudfront", "OTHER"],
  ["LimitExceeded from cloudfront", "OTHER"],
  ["", "OTHER"],
  [undefined, undefined],
])("what a header says x-cache %s is of class %s", (xCache, status) => expect(cacheStatusOf(xCache)).toBe(status));

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
])("what a header says: an Age of %s is %s seconds", (age, seconds) => expect(parseAge(age)).toBe(seconds));

test("the downloads are counted without the checks after them", () =>
  expect([history(""), history("D"), history("D MISS"), history("D MISS D")].map(downloadsIn)).toEqual([0, 1, 1, 2]));
