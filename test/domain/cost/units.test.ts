import { expect, it } from "vitest";
import { UNITS } from "../../../domain/cost/work-time.ts";
import { measuredUnits } from "../../../tools/bench/scaling.ts";

it.each(Object.entries(measuredUnits()))("%s is near what was measured last", (name, measured) => {
  const used = Object.entries(UNITS).find(([key]) => key === name)?.[1] ?? 0;
  expect(used / measured).toBeGreaterThan(0.7);
  expect(used / measured).toBeLessThan(1.4);
});
