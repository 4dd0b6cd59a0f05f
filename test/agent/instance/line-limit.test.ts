import { expect, test } from "vitest";
import { LineLimit } from "../../../agent/instance/log.ts";

test("so many lines of a kind in a minute, and not one more", () => {
  const limit = new LineLimit(2);
  expect([1, 2, 3, 4].map(() => limit.admits("connection"))).toEqual([true, true, false, false]);
  expect(limit.admits("timeout")).toBe(true);
  expect(limit.endMinute()).toEqual([{ of: "connection", lines: 2 }]);
});

test("the next minute begins anew, and says nothing where nothing was left out", () => {
  const limit = new LineLimit(1);
  limit.admits("connection");
  limit.admits("connection");
  limit.endMinute();
  expect(limit.admits("connection")).toBe(true);
  expect(limit.endMinute()).toEqual([]);
});
