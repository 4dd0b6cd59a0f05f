import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { CHECKS, groupsOf } from "../../../tools/checks/checks.ts";
import { LABS } from "../../../tools/lab/labs.ts";
import { ROOT } from "../../../tools/local/paths.ts";
import { GENERATORS } from "../../../tools/release/generators.ts";

test("all checks are in one group each, those that need one thread together", () => {
  expect(groupsOf([]).flat().toSorted()).toEqual(Object.keys(CHECKS).toSorted());
  expect(groupsOf([])[0]).toEqual(["types", "templates", "lint", "nag", "openapi"]);
});

test("named checks are run alone, in their order, each once", () => {
  expect(groupsOf(["planted", "nag", "e2e", "types", "nag"])).toEqual([["nag", "types"], ["planted"], ["e2e"]]);
});

test("each check, lab and generator has a program that is there", () => {
  const programs = [
    ...Object.values({ ...CHECKS, ...LABS }).map(([, path = ""]) => path),
    ...Object.values(GENERATORS),
  ];
  const files = programs.filter((path) => path.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
});
