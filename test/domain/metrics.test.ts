import { expect, test } from "vitest";
import { failureReasons, metricReasonOf, metricReasons } from "../../domain/result/failure.ts";

test("no more than 15 reasons have a metric of their own: with one more, the dashboard is not free", () => {
  expect(metricReasons.length).toBeLessThanOrEqual(15);
});

test("every reason is counted under a reason that has a metric", () => {
  for (const reason of failureReasons) expect(metricReasons).toContain(metricReasonOf(reason));
});

test("what AWS WAF answered has a metric of its own, and a 202 of the origin is counted as other", () => {
  expect([metricReasonOf("waf"), metricReasonOf("not_cacheable")]).toEqual(["waf", "other"]);
});
