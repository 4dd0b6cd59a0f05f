import { expect, test } from "vitest";
import { laneOf } from "../../../domain/plan/lane.ts";

test("small requests have a lane of their own: few tasks and few bytes, all of them known", () => {
  const most = { total_count: 500, total_size: 10e9, sizes_known: true };
  expect(laneOf(most)).toBe("express");
  expect(laneOf({ ...most, total_count: 501 })).toBe("main");
  expect(laneOf({ ...most, total_size: 10e9 + 1 })).toBe("main");
  expect(laneOf({ ...most, sizes_known: false })).toBe("main");
});
