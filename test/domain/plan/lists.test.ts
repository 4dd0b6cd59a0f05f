import { goodUrlsList, LISTS, resultsKey } from "../../../domain/plan/lists.ts";

it("a request's lists stand in the bucket under its id", () => {
  expect(Object.values(LISTS).map(({ key }) => key("r1"))).toEqual([
    "r1.csv",
    // The same with the sources of the URLs.
    "r1.csv",
    "r1/success_urls.csv",
    "r1/regional_urls.csv",
    "r1/failed_urls.csv",
    "r1/failed_url_groups.csv",
    "r1/report.csv",
    "r1/failures.csv",
  ]);
  expect(resultsKey("r1")).toBe("r1/results.csv.gz");
});

it("what is read back comes back as it went", () => {
  const failed = { url: "https://a.example/", problem: 'HTTP 403, "no"', variant: "br" };
  for (const more of [{}, { reason: "http_4xx", http_status: 403 }, { reason: "no_distribution" }] as const) {
    const row = LISTS.failedUrls.toRow({ ...failed, ...more }).map((field) => String(field ?? ""));
    expect(row).toHaveLength(5);
    expect(LISTS.failedUrls.fromRow(row)).toEqual({ ...failed, ...more });
  }
  expect(LISTS.urls.fromRow(LISTS.urls.toRow("https://a.example/").map(String))).toBe("https://a.example/");
  for (const found of [{ url: "https://a.example/" }, { url: "https://a.example/", source: 2 }]) {
    const row = LISTS.foundUrls.toRow(found).map((field) => String(field ?? ""));
    expect(row).toHaveLength(2);
    expect(LISTS.foundUrls.fromRow(row)).toEqual(found);
    // As who knows nothing of sources reads it.
    expect(LISTS.urls.fromRow(row)).toBe(found.url);
  }
  expect(LISTS.foundUrls.fromRow(["https://a.example/"])).toEqual({ url: "https://a.example/" });
});

it("the rows of good URLs have as many columns as the longest, and are read back as they were", () => {
  const url = "https://a.example/";
  const entries = [
    { url, bytes: 1 },
    { url, bytes: null, variant: "br" },
    { url, bytes: 3, pops: "0f" },
    { url, bytes: 4, source: 2 },
  ];
  const rowsOf = (some: typeof entries) => some.map((entry) => goodUrlsList(some).toRow(entry));
  expect(rowsOf(entries).map((row) => row.length)).toEqual([5, 5, 5, 5]);
  expect(rowsOf(entries).map((row) => LISTS.goodUrls.fromRow(row.map((it) => String(it ?? ""))))).toEqual(entries);
  expect(rowsOf(entries.slice(0, 1))).toEqual([[url, 1]]);
  expect(rowsOf([])).toEqual([]);
});
