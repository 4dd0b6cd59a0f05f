import { totalmem } from "node:os";
import { expect, test } from "vitest";
import { memoryIsTight, memoryShare } from "../../../agent/instance/siblings.ts";

test("the processes of an instance share what there is", () => {
  expect(memoryShare(1)).toBeLessThanOrEqual(totalmem());
  expect(memoryShare(1)).toBeGreaterThan(0);
  expect(memoryShare(4)).toBe(memoryShare(1) / 4);
});

test("memory is tight from four fifths of the share on", () => {
  expect(memoryIsTight(1_000, 800)).toBe(false);
  expect(memoryIsTight(1_000, 801)).toBe(true);
  expect(memoryIsTight(memoryShare(1))).toBe(false);
  expect(memoryIsTight(process.memoryUsage.rss())).toBe(true);
});
