import { listVariable } from "../../../domain/environment.ts";
import { formatS3Location, isReadable, keyPath, parseS3Location, pathKey } from "../../../domain/sources/buckets.ts";

it.each([
  ["a/b.png", "a/b.png"],
  ["a b+c%20.png", "a%20b%2Bc%2520.png"],
  ["été/日本?x#y", "%C3%A9t%C3%A9/%E6%97%A5%E6%9C%AC%3Fx%23y"],
  ["(1),[2]:;=@$&!'*~", "(1),%5B2%5D:;=@$&!'*~"],
  ["a//b", "a//b"],
  ["a\\b", "a%5Cb"],
])("the key %s is the path %s, and back", (key, path) => {
  expect(keyPath(key)).toBe(path);
  expect(pathKey(path)).toBe(key);
  expect(new URL(path, "https://a.test/").href).toBe(`https://a.test/${path}`);
});

it.each(["a/../b", "./a", "..", "a/."])("no URL leads to the key %s", (key) => expect(keyPath(key)).toBeUndefined());

it("has no key for a path that is not encoded well", () => expect(pathKey("%E9")).toBeUndefined());

it.each([
  ["s3://my-bucket/a b/c", { bucket: "my-bucket", key: "a b/c" }],
  ["s3://my.bucket/", { bucket: "my.bucket", key: "" }],
  ["s3://my-bucket", { bucket: "my-bucket", key: "" }],
  ["s3://My_Bucket/a", undefined],
  ["https://my-bucket/a", undefined],
])("%s is read", (text, location) => {
  expect(parseS3Location(text)).toEqual(location);
  if (location !== undefined && location.key !== "") expect(formatS3Location(location)).toBe(text);
});

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
