import { expect, test } from "vitest";
import { mostSharers } from "../../../domain/origin/sharers.ts";
import type { OriginLimits } from "../../../domain/request/origin-limits.ts";

test.each<[OriginLimits, number]>([
  [{ concurrency: 4 }, 4],
  [{ concurrency: 1 }, 1],
  [{ requests_per_second: 5 }, 4],
  [{ requests_per_second: 0.1 }, 1],
  [{ requests_per_second: 100, concurrency: 3 }, 3],
  [{ requests_per_second: 2, concurrency: 30 }, 1],
])("%j is shared by at most %i processes", (limits, most) => {
  expect(mostSharers(limits)).toBe(most);
});
