import {
  cacheStatusOf,
  downloadsIn,
  nextStep,
  type Observation,
  type ProofFacts,
  type ProofStep,
  parseAge,
} from "../../../domain/result/proof.ts";

const EDGE = { cache: "HIT", tier: "EDGE" } as const;
const REC = { cache: "HIT", tier: "REC" } as const;
const DOWNLOAD = { kind: "download" } as const;
/** What a request showed, by its word in a history. Those that begin with D are downloads. */
const SEEN: Readonly<Record<string, Partial<Observation>>> = {
  D: { ...DOWNLOAD, cache: "MISS" },
  D_BY_REC: { ...DOWNLOAD, cache: "MISS", upstream: "REC" },
  D_UNKNOWN: DOWNLOAD,
  D_EDGE: { ...DOWNLOAD, ...EDGE },
  D_REC: { ...DOWNLOAD, ...REC },
  D_HIT: { ...DOWNLOAD, cache: "HIT" },
  EDGE,
  REC,
  SHIELD: { cache: "HIT", tier: "Origin Shield" },
  HIT: { cache: "HIT" },
  FETCHED: { ...EDGE, upstream: "Origin Shield" },
  TOO_SOON: { ...EDGE, startedAt: 3_199, endedAt: 3_200 },
  MISS: { cache: "MISS" },
  REFRESH: { cache: "REFRESH_HIT" },
  OTHER: { cache: "OTHER" },
  ERROR: { cache: "ERROR" },
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
  const { outcome } = step;
  if (outcome === "not_kept") return `not_kept: ${step.reason}`;
  return "warning" in step && step.warning !== undefined ? `${outcome}: ${step.warning}` : outcome;
}

const AUTO: ProofFacts = {
  downloads: "auto",
  scope: "pop",
  verify: "edge",
  downloadsDone: 0,
  originSendsAge: false,
};
const ORIGIN_AGE = { originSendsAge: true };
const ONE = { downloads: 1 } as const;
const TWO = { downloads: 2 } as const;
const OFF = { verify: "off" } as const;
const REGIONAL = { scope: "regional" } as const;
const RESUMED = { downloadsDone: 1 };

test.each<[name: string, seen: string, next: string, facts?: Partial<ProofFacts>]>([
  ["nothing", "", "download"],
  ["D without x-cache", "D_UNKNOWN", "done"],
  ["D is a Miss", "D", "download"],
  ["D is a Hit of the REC: a follower's first", "D_REC:1", "download"],
  ["D is a Hit whose tier is not reported", "D_HIT:1", "download"],
  ["D is a Hit of the edge: the POP has it", "D_EDGE:9", "check"],
  ["the same, with two downloads wanted", "D_EDGE:9", "download", TWO],
  ["D2 is a Hit of the REC, as recorded", "D D_REC:2", "check"],
  ["D2 is a Miss: the REC is bypassed", "D D", "check"],
  ["D2 has no x-cache", "D D_UNKNOWN", "check"],

  ["C is a Hit of the edge that grew since D2", "D D_REC:2 EDGE:4", "warm"],
  ["C is a Hit of the edge that grew since two Misses", "D D EDGE:1", "warm"],
  ["the head of D2 reported the edge: it is C", "D EDGE:1", "warm"],
  ["C after a D that was a Hit of the edge", "D_EDGE:7 EDGE:9", "warm"],
  ["C is a Hit that grew, tier not reported", "D D_HIT:2 HIT:4", "hit"],
  ["the same, with an upstream layer: it was no hit", "D D FETCHED:1", "hit"],
  ["the edge, and the origin sends an Age", "D:5 D_REC:7 EDGE:9", "hit: origin_age", ORIGIN_AGE],
  ["C is a Hit of the REC that grew", "D D_REC:2 REC:4", "regional"],
  ["the same, and the origin sends an Age", "D:1 D_REC:2 REC:4", "regional: origin_age", ORIGIN_AGE],
  ["C is a Hit of Origin Shield that grew", "D D SHIELD:1", "regional"],
  ["C is a Hit of the REC without Age", "D D_REC REC", "check alone"],
  ["so is C2", "D D_REC REC REC", "regional: no_age"],
  ["the REC of one Age twice", "D D_REC:90 REC:90 REC:90", "regional: age_constant"],
  ["the REC, then nothing", "D D REC - - -", "regional: no_age"],
  ["the REC without Age, then the edge", "D D_REC REC EDGE", "hit: no_age"],
  ["C of one download is a Hit of the REC", "D_EDGE:1 REC:3", "download"],
  ["C of one download has no tier", "D_EDGE:1 HIT:3", "download"],

  ["C is a Hit without growth", "D D EDGE:0", "check alone"],
  ["C is a Hit without Age", "D D EDGE", "check alone"],
  ["C jumps further than time has passed", "D D EDGE:500", "check alone"],
  ["C came too soon to have grown", "D D TOO_SOON:1", "check alone"],
  ["all hits carry one Age, and the Miss has none", "D D_REC:2 EDGE:2", "check alone"],
  ["so does C2", "D D_REC:2 EDGE:2 EDGE:2", "hit: age_constant"],
  ["C2 grew", "D D EDGE:0 EDGE:2", "warm"],
  ["C2 grew after a C that jumped", "D D EDGE:500 EDGE:502", "warm"],
  ["C and C2 without Age", "D D EDGE EDGE", "hit: no_age"],
  ["C and C2 of Age 0", "D D EDGE:0 EDGE:0", "hit: age_constant"],
  ["C and C2 of the same Age", "D D HIT:90 HIT:90", "hit: age_constant"],
  ["C without Age, C2 of Age 0", "D D HIT HIT:0", "hit: age_constant"],
  ["C2 is younger than C", "D D EDGE:90 EDGE:50", "check alone"],
  ["so is C3", "D D EDGE:90 EDGE:70 EDGE:50", "hit: age_constant"],
  ["C3 grew since C2", "D D EDGE:90 EDGE:50 EDGE:52", "warm"],

  ["C is a RefreshHit", "D D REFRESH", "check"],
  ["so is C2", "D D REFRESH REFRESH", "not_kept: EXPIRES_AT_ONCE"],
  ["C2 is a Hit that grew since", "D D REFRESH EDGE:1", "warm"],
  ["C2 is a Hit without growth", "D D REFRESH EDGE", "check alone"],
  ["RefreshHits with a Hit between them", "D D REFRESH EDGE REFRESH", "hit: no_age"],
  ["a RefreshHit after a Hit", "D D EDGE REFRESH", "check"],
  ["two RefreshHits in a row after a Hit", "D D EDGE REFRESH REFRESH", "not_kept: EXPIRES_AT_ONCE"],
  ["a lost check between two RefreshHits", "D D REFRESH - REFRESH", "not_kept: EXPIRES_AT_ONCE"],
  ["RefreshHits with a Hit of the REC between them", "D D REFRESH REC REFRESH", "regional: no_age"],

  ["C is a Miss", "D D_REC:2 MISS", "not_kept: NO_HIT"],
  ["C is an error that is kept", "D D ERROR:3", "not_kept: NO_HIT"],
  ["C of an undocumented value", "D D OTHER", "not_kept: NO_HIT"],
  ["C of one download is a Miss", "D_EDGE:1 MISS", "download"],
  ["and the check after D2 as well", "D_EDGE:1 MISS D MISS", "not_kept: NO_HIT"],
  ["C shows nothing", "D D -", "check"],
  ["so does its second repeat", "D D - - -", "failed"],
  ["nothing after one download", "D_EDGE:1 - - -", "download"],
  ["a repeat is a Miss", "D D - MISS", "not_kept: NO_HIT"],
  ["a repeat is a Hit that grew since D2", "D D - EDGE:3", "warm"],
  ["C2 shows nothing, and is to be alone again", "D D HIT -", "check alone"],
  ["the repeat of C2 is compared with C", "D D EDGE - EDGE", "hit: no_age"],
  ["a Hit without Age, then nothing", "D D HIT - - -", "hit: no_age"],
  ["a Hit with an Age, then nothing", "D D HIT:90 - - -", "hit: age_constant"],
  ["a RefreshHit, then nothing", "D D REFRESH - - -", "failed"],

  ["one download: D", "D", "check", ONE],
  ["one download: the edge that grew", "D EDGE:1", "warm", ONE],
  ["one download: the REC that grew", "D REC:1", "regional", ONE],
  ["one download: tier not reported", "D HIT:1", "regional", ONE],
  ["one download: the same without Age", "D HIT HIT", "regional: no_age", ONE],
  ["one download: a Miss", "D MISS", "not_kept: NO_HIT", ONE],
  ["one download: nothing", "D - - -", "failed", ONE],
  ["two downloads: D2 of the edge is no check", "D D_EDGE:1", "check", TWO],

  ["verify off: D", "D", "download", OFF],
  ["verify off: D2", "D D", "done", OFF],
  ["verify off: D of the edge", "D_EDGE:1", "download", OFF],
  ["verify off, one download", "D", "done", { ...OFF, ...ONE }],
  ["verify off, no CloudFront", "D_UNKNOWN", "done", OFF],

  ["regional: D", "D", "check", REGIONAL],
  ["regional: a Hit of the REC that grew", "D REC:1", "regional", REGIONAL],
  ["regional: a Hit of the edge after a D that went through the REC", "D_BY_REC EDGE:1", "regional", REGIONAL],
  ["regional: the same after a D that names no REC, which may have been bypassed", "D EDGE:1", "warm", REGIONAL],
  ["regional: D was a Hit of the edge, which shows nothing of the REC", "D_EDGE:5 EDGE:7", "warm", REGIONAL],
  ["regional: tier not reported", "D HIT:1", "regional", REGIONAL],
  ["regional: a Miss", "D MISS", "not_kept: NO_HIT", REGIONAL],

  ["resumed: nothing", "", "download", RESUMED],
  ["resumed: D2 of the REC", "D_REC:20", "check", RESUMED],
  ["resumed: D2 was a check, with nothing to compare", "EDGE:20", "check alone", RESUMED],
  ["resumed: and C2 grew", "EDGE:20 EDGE:22", "warm", RESUMED],
  ["resumed: verify off", "D", "done", { ...RESUMED, ...OFF }],
])("%s: %s → %s", (_, seen, next, facts) => expect(inShort(nextStep(history(seen), { ...AUTO, ...facts }))).toBe(next));

test("each request but the first may be sent 1.1 s after the answer before it has ended", () => {
  expect(nextStep(history("D"), AUTO)).toEqual({ next: "download", earliestAt: 1_200, countsAsCheckOnEdgeHit: true });
  expect(nextStep(history("D"), { ...AUTO, ...TWO })).toMatchObject({
    earliestAt: 1_200,
    countsAsCheckOnEdgeHit: false,
  });
  expect(nextStep(history("D D"), AUTO)).toEqual({ next: "check", earliestAt: 3_200, alone: false });
  expect(nextStep(history("D D EDGE"), AUTO)).toEqual({ next: "check", earliestAt: 5_200, alone: true });
  expect(nextStep(history("D D -"), AUTO)).toEqual({ next: "check", earliestAt: 5_200, alone: false });
});

test("the first download of a message is a check at the edge only if an earlier message has downloaded the object", () => {
  expect(nextStep([], AUTO)).toMatchObject({ countsAsCheckOnEdgeHit: false });
  expect(nextStep([], { ...AUTO, ...RESUMED })).toMatchObject({ countsAsCheckOnEdgeHit: true });
});

test.each([
  ["Hit from cloudfront", "HIT"],
  ["RefreshHit from cloudfront", "REFRESH_HIT"],
  ["Miss from cloudfront", "MISS"],
  ["Miss from cloudfront, HIT, HIT", "MISS"],
  ["Error from cloudfront", "ERROR"],
  ["LimitExceeded from cloudfront", "ERROR"],
  ["CapacityExceeded from cloudfront", "ERROR"],
  ["Redirect from cloudfront", "REDIRECT"],
  ["FunctionGeneratedResponse from cloudfront", "GENERATED"],
  ["LambdaGeneratedResponse from cloudfront", "GENERATED"],
  ["TCP_HIT from other.example", "OTHER"],
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
