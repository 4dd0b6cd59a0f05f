import { describe, expect, it } from "vitest";
import { asTaskUrl, fromRow, toRow, UnreadableRowError, urlVariantKey } from "../../../domain/plan/task.ts";

describe("a row of the list of good URLs", () => {
  it.each([
    [{ url: "https://a.example/1", bytes: 10 }, ["https://a.example/1", "10"]],
    [{ url: "https://a.example/2", bytes: 0 }, ["https://a.example/2", "0"]],
    [{ url: "https://a.example/3", bytes: null }, ["https://a.example/3", ""]],
    [{ url: "https://a.example/4", bytes: 7, variant: "br" }, ["https://a.example/4", "7", "br"]],
    [{ url: "https://a.example/5", bytes: 7, source: 2 }, ["https://a.example/5", "7", "", "2"]],
    [{ url: "https://a.example/6", bytes: null, pops: "0f" }, ["https://a.example/6", "", "", "", "0f"]],
    [
      { url: "https://a.example/7", bytes: 1, variant: "br", source: 1, pops: "80" },
      ["https://a.example/7", "1", "br", "1", "80"],
    ],
  ])("comes back as it went: %j", (url, row) => {
    expect(toRow(url).map((field) => String(field ?? ""))).toEqual([...row, "", "", "", ""].slice(0, 5));
    expect(fromRow(row)).toEqual(url);
  });

  it("may have 0 for a source: the caller named it", () => {
    expect(fromRow(["https://a.example/4", "7", "", "0"])).toEqual({ url: "https://a.example/4", bytes: 7 });
  });

  it.each([[[]], [[""]], [["", "10"]], [["https://a.example/", "ten"]], [["https://a.example/", "-1"]]])(
    "that is none is told of: %j",
    (row) => {
      expect(() => fromRow(row)).toThrow(UnreadableRowError);
    },
  );

  it("is more than a message carries", () => {
    const good = { url: "https://a.example/8", bytes: 1, variant: "br", source: 1, pops: "80" };
    expect(asTaskUrl(good)).toEqual({ url: "https://a.example/8", bytes: 1, variant: "br" });
    expect(asTaskUrl({ url: "https://a.example/9", bytes: null })).toEqual({ url: "https://a.example/9", bytes: null });
  });
});

it("the forms of a URL have different keys, and a form without a name has the URL itself", () => {
  const url = "https://a.example/1";
  expect([{ url }, { url, variant: "br" }, { url, variant: "gzip" }].map(urlVariantKey)).toEqual([
    url,
    `${url}#br`,
    `${url}#gzip`,
  ]);
});

it.each([
  [["https://a.example/", "1", "", "x"]],
  [["https://a.example/", "1", "", "2x"]],
  [["https://a.example/", "1", "", "x2"]],
  [["https://a.example/", "1", "", "2", "0g"]],
  [["https://a.example/", "1", "", "2", "g0"]],
  [["https://a.example/", "1", "", "2", "0F"]],
])("a row whose source or POPs are damaged is told of: %j", (row) => {
  expect(() => fromRow(row)).toThrow(UnreadableRowError);
});

it("a message carries neither the source of a URL, nor its POPs, nor another POP's attempts", () => {
  const url = { url: "https://a.example/1", bytes: 1 };
  expect(asTaskUrl({ ...url, attempts: 2, first_attempt_at: 1 })).toEqual(url);
  expect(asTaskUrl({ ...url, source: 1 })).toEqual(url);
  expect(asTaskUrl({ ...url, pops: "80" })).toEqual(url);
});
