import { hitFill, leadFill, type SampleResult, sampleResult } from "../../../domain/result/sample.ts";

type Seen = Parameters<typeof sampleResult>[0];
/** The lead's REC stored the object at 10 s; a hit of that copy comes at 20 s. */
const FILL = 10_000;
const HIT: Seen = { cache: "HIT", age: 10, headAt: 20_000 };

it.each<[string, Seen, originSendsAge: boolean, SampleResult]>([
  ["of the lead's fill", HIT, false, "hit"],
  ["two seconds off", { ...HIT, age: 8 }, false, "hit"],
  ["of a later fill", { ...HIT, age: 5 }, false, "unclear"],
  ["without an Age", { ...HIT, age: undefined }, false, "unclear"],
  ["where the origin sends an Age", HIT, true, "unclear"],
  ["of Origin Shield", { ...HIT, tier: "Origin Shield" }, false, "miss"],
  ["that Origin Shield was asked for", { ...HIT, upstream: "Origin Shield" }, false, "unclear"],
])("a sample that is a hit %s: %s", (_, seen, originSendsAge, result) =>
  expect(sampleResult(seen, FILL, originSendsAge)).toBe(result),
);

it("a sample shows nothing if its lead's fill is unknown, and a Miss shows another REC", () => {
  expect(sampleResult(HIT, undefined, false)).toBe("unclear");
  expect(sampleResult({ ...HIT, cache: "MISS" }, undefined, false)).toBe("miss");
  expect(sampleResult({ ...HIT, cache: "REFRESH_HIT" }, FILL, false)).toBe("unclear");
});

it("only a hit has a fill of its own", () => {
  expect(hitFill(HIT)).toBe(FILL);
  expect(hitFill({ ...HIT, cache: "MISS" })).toBeUndefined();
});

it.each<[string, Seen, requestedAt: number | undefined, fill: number | undefined]>([
  ["a Miss", { ...HIT, cache: "MISS", age: undefined }, undefined, 20_000],
  ["a Miss with an Age, which the origin sends", { ...HIT, cache: "MISS", age: 0 }, 0, undefined],
  ["a RefreshHit", { ...HIT, cache: "REFRESH_HIT", age: undefined }, undefined, 20_000],
  ["a hit that is younger than the request", HIT, 8_000, FILL],
  ["a hit that may be older", HIT, 8_001, undefined],
  ["a hit of a request that began at an unknown time", HIT, undefined, undefined],
  ["an error", { ...HIT, cache: "ERROR" }, 0, undefined],
])("the fill of a lead that saw %s", (_, seen, requestedAt, fill) => expect(leadFill(seen, requestedAt)).toBe(fill));
