import { describe, expect, it } from "vitest";
import { listVariable } from "../../../domain/environment.ts";
import { isReadable } from "../../../domain/sources/buckets.ts";

it("the variable is a list, which may be empty", () => {
  expect(listVariable.parse("")).toEqual([]);
  expect(listVariable.parse("media, docs/site/*")).toEqual(["media", "docs/site/*"]);
});

describe("what may be read", () => {
  const buckets = ["media", "docs/site/*"];
  it.each([
    ["media", "any/key", true],
    ["media", "", true],
    ["docs", "site/a.txt", true],
    ["docs", "site/", true],
    ["docs", "site", false],
    ["docs", "other/a.txt", false],
    ["docs", "", false],
    ["mediaX", "a", false],
    ["other", "media/a", false],
  ])("%s/%s: %s", (bucket, key, may) => expect(isReadable(buckets, { bucket, key })).toBe(may));
});
