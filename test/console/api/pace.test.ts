import { expect, it } from "vitest";
import { delayOf } from "../../../console/api/pace.ts";
import { apiBase } from "../../../console/session/client.ts";

it("asks in its rhythm, seldom in a tab that nobody looks at, and less and less where there is no answer", () => {
  expect(delayOf(2_000, 0, false)).toBe(2_000);
  expect(delayOf(2_000, 0, true)).toBe(30_000);
  expect([1, 2, 3, 4, 5, 50].map((failures) => delayOf(2_000, failures, false) / 1_000)).toEqual([2, 4, 8, 16, 30, 30]);
});

it.each([
  [
    "https://a.execute-api.eu-west-1.amazonaws.com/prod/console/index.html#/r/x",
    "https://a.execute-api.eu-west-1.amazonaws.com/prod/",
  ],
  ["http://localhost:8480/prod/console/index.html?x=../..#../", "http://localhost:8480/prod/"],
])("the API of %s is %s", (page, api) => {
  expect(apiBase(page)).toBe(api);
});
