import { behaviourOf, matchesPathPattern } from "../../../domain/distribution/path-pattern.ts";

it.each([
  ["*", "/", true],
  ["/images/*.jpg", "/images/a/b.jpg", true],
  ["images/*.jpg", "/images/.jpg", true],
  ["images/*.jpg", "/other/images/a.jpg", false],
  ["*.jpg", "/a.JPG", false],
  ["/a?c", "/abc", true],
  ["/a?c", "/ac", false],
  ["/a?c", "/abcd", false],
  ["/a*b*c", "/a-b-b-c", true],
  ["/a*b*c", "/a-c-b", false],
  ["", "/", true],
  // A matcher that tries every way would not end.
  [`/${"a*".repeat(100)}b`, `/${"a".repeat(8_000)}`, false],
])("whether the pattern %s matches the path %s: %s", (pattern, path, matches) => {
  expect(matchesPathPattern(pattern, path)).toBe(matches);
});

it.each([
  ["https://x.example/a/1?b.js", "/a/*"],
  ["https://x.example/b.js?/a/1", "*.js"],
  ["https://x.example/", "*"],
])("the first pattern that matches the path of %s is %s", (url, pattern) => {
  expect(behaviourOf(["/a/*", "*.js", "*"], (it) => it, url)).toBe(pattern);
});
