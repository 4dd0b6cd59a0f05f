import { expect, test } from "vitest";
import { added, chosenOf, shareOf, toggled, without } from "../../../console/map/selection.ts";

const chosen = new Set(["A1", "B1"]);

test("how many of some POPs are chosen, and which share that is", () => {
  expect(chosenOf(["A1", "A2"], chosen)).toBe(1);
  expect(shareOf(["A1", "A2"], chosen)).toBe("some");
  expect(shareOf(["A1", "B1"], chosen)).toBe("all");
  expect(shareOf(["C1"], chosen)).toBe("none");
});

test("a click chooses all of them, and none if all were", () => {
  expect([...toggled(chosen, ["A1", "A2"])]).toEqual(["A1", "B1", "A2"]);
  expect([...toggled(chosen, ["A1"])]).toEqual(["B1"]);
});

test("the choice before stays as it was", () => {
  added(chosen, ["C1"]);
  without(chosen, ["A1"]);
  expect([...chosen]).toEqual(["A1", "B1"]);
});
