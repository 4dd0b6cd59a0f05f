import { expect, test } from "vitest";
import { asksForPatience, isOverload } from "../../../domain/origin/refusal.ts";

test.each([
  [undefined, false, false],
  [200, false, false],
  [404, false, false],
  [408, false, false],
  [429, true, true],
  [500, false, false],
  [501, false, false],
  [502, true, false],
  [503, true, true],
  [504, true, false],
])("%s: too much to do %s, asks for patience %s", (status, overload, patience) => {
  expect([isOverload(status), asksForPatience(status)]).toEqual([overload, patience]);
});
