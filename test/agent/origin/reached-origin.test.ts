import { expect, test } from "vitest";
import { isFromCache, reachedOrigin } from "../../../agent/origin/reached-origin.ts";

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
])("%s", (_, answer, reached, cached) => {
  expect([reachedOrigin(answer), isFromCache(answer)]).toEqual([reached, cached]);
});
