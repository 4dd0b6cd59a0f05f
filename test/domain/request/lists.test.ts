import { expect, it } from "vitest";
import { LISTS, resultsKey } from "../../../domain/request/lists.ts";

it("a request's lists stand in the bucket under its id", () => {
  expect(Object.values(LISTS).map(({ key }) => key("r1"))).toEqual([
    "r1.csv",
    "r1/success_urls.csv",
    "r1/failed_urls.csv",
    "r1/report.csv",
    "r1/failures.csv",
  ]);
  expect(resultsKey("r1")).toBe("r1/results.csv.gz");
});

it("what is read back comes back as it went", () => {
  const failed = { url: "https://a.example/", problem: 'HTTP 403, "no"' };
  expect(LISTS.failedUrls.fromRow(LISTS.failedUrls.toRow(failed).map(String))).toEqual(failed);
  expect(LISTS.urls.fromRow(LISTS.urls.toRow("https://a.example/").map(String))).toBe("https://a.example/");
});

it("a failed URL names its variant in a third column, where there are any; rows of a release before are read", () => {
  const { toRow, fromRow } = LISTS.failedUrls;
  const failed = { url: "https://a.example/", problem: "HTTP 406" };
  expect(toRow(failed)).toEqual(["https://a.example/", "HTTP 406"]);
  for (const variant of ["br", ""]) {
    expect(toRow({ ...failed, variant })).toEqual(["https://a.example/", "HTTP 406", variant]);
    expect(fromRow(["https://a.example/", "HTTP 406", variant])).toEqual({ ...failed, variant });
  }
});

it("only the report is for people, and says so in its first line", () => {
  expect(Object.entries(LISTS).filter(([, list]) => "forSpreadsheets" in list)).toEqual([["report", LISTS.report]]);
  expect(LISTS.report.header?.slice(0, 3)).toEqual(["pop", "url", "error"]);
});
