import { expect, test } from "vitest";
import { retryAfterMs } from "../../../domain/origin/retry-after.ts";

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
])("Retry-After %j: %s ms", (value, ms) => {
  expect(retryAfterMs(value, NOW)).toBe(ms);
});
