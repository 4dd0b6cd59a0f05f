import { expect, it } from "vitest";
import { neededCapacity } from "../../../domain/request/capacity.ts";

it.each([
  [[], 0],
  [[0], 0],
  [[3, 7, 1], 7],
])("requests that wish for %j need %i", (counts, needed) => {
  expect(neededCapacity(counts.map((instance_count) => ({ instance_count })))).toBe(needed);
});
