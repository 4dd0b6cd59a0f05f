import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { groupsOf } from "../../../tools/checks/run-checks.ts";
import { ROOT } from "../../../tools/local/paths.ts";
import { CHECKS, GENERATORS, LABS } from "../../../tools/programs.ts";

test("all checks are in one group each, those that need one thread together", () => {
  expect(groupsOf([]).flat().toSorted()).toEqual(Object.keys(CHECKS).toSorted());
  expect(groupsOf([])[0]).toEqual(["types", "templates", "lint", "nag"]);
});

test("named checks are run alone, in their order, each once", () => {
  expect(groupsOf(["planted", "nag", "e2e", "types", "nag"])).toEqual([["nag", "types"], ["planted"], ["e2e"]]);
});

test("each check, lab and generator has a program that is there", () => {
  const words = Object.values({ ...CHECKS, ...LABS, ...GENERATORS }).flat();
  const files = words.filter((word) => /\.(ts|mjs)$/.test(word));
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
});
