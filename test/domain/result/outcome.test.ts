import { isHit, outcomeSchema, outcomes, tierOf, upstreamOf } from "../../../domain/result/outcome.ts";

test.each([
  ['cdn-cache-hit,cdn-pop;desc="SEA19-C1",cdn-rid;desc="x==",cdn-hit-layer;desc="EDGE"', "EDGE"],
  ['cdn-upstream-layer;desc="REC",cdn-upstream-dns;dur=0,cdn-cache-miss,cdn-pop;desc="PHX50-C2"', undefined],
  ['cdn-cache-hit, cdn-hit-layer;desc="REC"', "REC"],
  ['cdn-hit-layer; desc="Origin Shield"', "Origin Shield"],
  ["cdn-hit-layer;desc=EDGE", "EDGE"],
  ["cdn-hit-layer ; desc=EDGE ;dur=7", "EDGE"],
  ["cdn-hit-layer;desc=", undefined],
  ['x;desc="not cdn-hit-layer;desc=EDGE"', undefined],
  ['x;desc="a, cdn-hit-layer;desc=EDGE"', undefined],
  ['x;desc="a, cdn-hit-layer;desc=EDGE, b"', undefined],
  ['x;desc="a, cdn-hit-layer;desc=EDGE,", cdn-hit-layer;desc="REC"', "REC"],
  ['x;desc="\\", cdn-hit-layer;desc=EDGE"', undefined],
  ['x;desc="\\\\", cdn-hit-layer;desc=EDGE', "EDGE"],
  ['x;desc="no end, cdn-hit-layer;desc=EDGE', undefined],
  ['cdn-hit-layer;desc="EDGE, or so"', undefined],
  ["", undefined],
  [undefined, undefined],
])("the tier: %s", (header, tier) => expect(tierOf(header)).toBe(tier));

test.each([...outcomes, "hotter", "toString", "", undefined])("a stored outcome %s is read if it is known", (stored) =>
  expect(outcomeSchema.parse(stored)).toBe(outcomes.find((known) => known === stored)),
);

test.each([
  ["Hit from cloudfront", true],
  ["hit", true],
  ["RefreshHit from cloudfront", false],
  ["Hits", false],
  ["Miss from cloudfront", false],
  ["Error from cloudfront, not a Hit", false],
  [undefined, false],
])("x-cache %s is a hit: %s", (xCache, hit) => expect(isHit({ xCache })).toBe(hit));

test.each([
  ['cdn-upstream-layer;desc="REC",cdn-upstream-dns;dur=0,cdn-cache-miss', "REC"],
  ['cdn-cache-hit, cdn-upstream-layer; desc="Origin Shield"', "Origin Shield"],
  ['cdn-cache-hit,cdn-hit-layer;desc="EDGE"', undefined],
  ['x;desc="a, cdn-upstream-layer;desc=REC,"', undefined],
  [undefined, undefined],
])("the upstream layer of %s is %s", (header, layer) => expect(upstreamOf(header)).toBe(layer));
