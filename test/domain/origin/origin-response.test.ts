import {
  isFromCache,
  isOverload,
  isThrottled,
  reachedOrigin,
  retryAfterMs,
} from "../../../domain/origin/origin-response.ts";

test.each([
  [undefined, false, false],
  [200, false, false],
  [404, false, false],
  [408, false, false],
  [429, true, true],
  [500, false, false],
  [501, false, false],
  [502, true, false],
  [503, true, true],
  [504, true, false],
])("%s: too much to do %s, asks for patience %s", (status, overload, patience) =>
  expect([isOverload(status), isThrottled(status)]).toEqual([overload, patience]),
);

const NOW = Date.parse("2026-11-25T12:00:00Z");

test.each([
  [undefined, undefined],
  ["", undefined],
  ["0", 0],
  ["7", 7_000],
  [" 7 ", 7_000],
  ["86400", 900_000],
  ["Wed, 25 Nov 2026 12:00:30 GMT", 30_000],
  ["Wed, 25 Nov 2026 11:59:00 GMT", 0],
  ["Thu, 26 Nov 2026 12:00:00 GMT", 900_000],
  ["-1", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  // `Date.parse` takes these for dates.
  ["2, 3", undefined],
  ["Nov 25", undefined],
  ["Wed, 99 Nov 2026 12:00:30 GMT", undefined],
])("Retry-After %j: %s ms", (value, ms) => expect(retryAfterMs(value, NOW)).toBe(ms));

const TIMING = 'cdn-cache-miss,cdn-pop;desc="SIN2-P1"';
const REC = 'cdn-cache-hit,cdn-hit-layer;desc="REC"';

test.each([
  ["a told miss without a tier", { xCache: "Miss from cloudfront", serverTiming: TIMING }, true, false],
  ["a miss that a REC answered", { xCache: "Miss from cloudfront", serverTiming: REC }, false, true],
  ["a miss of which nothing is told", { xCache: "Miss from cloudfront" }, false, false],
  ["a hit", { xCache: "Hit from cloudfront", serverTiming: REC }, false, true],
  ["what had expired", { xCache: "RefreshHit from cloudfront", serverTiming: "cdn-cache-refresh" }, true, false],
  ["a kept error", { xCache: "Error from cloudfront", age: "4" }, false, true],
  ["an error that has just come", { xCache: "Error from cloudfront", age: "0" }, false, false],
  ["another server", {}, false, false],
])("%s", (_, response, reached, cached) =>
  expect([reachedOrigin(response), isFromCache(response)]).toEqual([reached, cached]),
);
