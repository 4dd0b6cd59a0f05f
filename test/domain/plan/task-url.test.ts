import { describe, expect, it } from "vitest";
import { fromRow, toRow, UnreadableRowError } from "../../../domain/plan/task-url.ts";

describe("a row of the list of good URLs", () => {
  it.each([
    [{ url: "https://a.example/1", bytes: 10 }, ["https://a.example/1", "10"]],
    [{ url: "https://a.example/2", bytes: 0 }, ["https://a.example/2", "0"]],
    [{ url: "https://a.example/3", bytes: null }, ["https://a.example/3", ""]],
    [{ url: "https://a.example/4", bytes: 7, variant: "br" }, ["https://a.example/4", "7", "br"]],
  ])("comes back as it went: %j", (url, row) => {
    expect(toRow(url).map((field) => String(field ?? ""))).toEqual(row);
    expect(fromRow(row)).toEqual(url);
  });

  it.each([[[]], [[""]], [["", "10"]], [["https://a.example/", "ten"]], [["https://a.example/", "-1"]]])(
    "that is none is told of: %j",
    (row) => {
      expect(() => fromRow(row)).toThrow(UnreadableRowError);
    },
  );
});
