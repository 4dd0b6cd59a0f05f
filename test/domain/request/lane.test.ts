import { expect, test } from "vitest";
import { laneOf } from "../../../domain/request/lane.ts";

test("small requests have a lane of their own: few tasks, all sizes known", () => {
  const most = { tasks: 500, bytes: 8e9, sizesKnown: true, hasLarge: false };
  expect(laneOf(most)).toBe("express");
  expect(laneOf({ ...most, tasks: 501 })).toBe("main");
  expect(laneOf({ ...most, sizesKnown: false })).toBe("main");
});

test("and large files only if they are few bytes: a small request does not wait behind large files in its own lane", () => {
  const most = { tasks: 15, bytes: 256 * 2 ** 20, sizesKnown: true, hasLarge: true };
  expect(laneOf(most)).toBe("express");
  expect(laneOf({ ...most, bytes: 256 * 2 ** 20 + 1 })).toBe("main");
  // As many as the lab sends: 64 files of 30 MB.
  expect(laneOf({ ...most, tasks: 64, bytes: 64 * 30e6 })).toBe("main");
});
