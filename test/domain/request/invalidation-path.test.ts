import { describe, expect, it } from "vitest";
import { normalizeUrl } from "../../../domain/net/urls.ts";
import { invalidationPath, isDoubtful, likelyRefused } from "../../../domain/request/invalidation.ts";

const HOST = "https://cdn.example.com";

function pathOf(target: string) {
  const normalized = normalizeUrl(HOST + target);
  if (!("url" in normalized)) throw new Error(normalized.problem);
  return invalidationPath(new URL(normalized.url));
}

describe("the path under which an object is invalidated", () => {
  it.each([
    ["/a/b.js", "/a/b.js"],
    ["/a.js?v=1&w=(2)", "/a.js?v=1&w=(2)"],
    ["/a(1).js", "/a(1).js"],
    ["/a%281%29.js", "/a%281%29.js"],
    ["/*/a*b.js", "/*/a*b.js"],
    ["/a!$&'+,;=:@-_.js", "/a!$&'+,;=:@-_.js"],
    ["/[1]|a.js", "/%5B1%5D%7Ca.js"],
    ["/a.js?f={x}|[y]\\^`", "/a.js?f=%7Bx%7D%7C%5By%5D%5C%5E%60"],
    ['/a b"<>.js', "/a%20b%22%3C%3E.js"],
    ["/~user/vendors~main.js?x=~", "/%7Euser/vendors%7Emain.js?x=%7E"],
    ["/日.js?ü", "/%E6%97%A5.js?%C3%BC"],
    [`/${"a".repeat(3_999)}`, `/${"a".repeat(3_999)}`],
  ])("%s: %s", (target, path) => {
    expect(pathOf(target)).toEqual({ path });
  });

  it.each([
    ["/img/*", /ends in \*/],
    ["/a.js?x=*", /ends in \*/],
    [`/${"a".repeat(4_000)}`, /has a path of 4001 characters; CloudFront invalidates at most 4000/],
    // Each of these is three characters once it is encoded.
    [`/a?${"[".repeat(1_400)}`, /has a path of 4203 characters/],
  ])("%s has none", (target, problem) => {
    expect(pathOf(target)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

it("of a path with a ~ nobody knows whether it is invalidated", () => {
  const doubtful = ["/~a", "/a?x=~", "/a%7E", "/a"].map((path) => isDoubtful(new URL(HOST + path)));
  expect(doubtful).toEqual([true, true, false, false]);
});

it("of a refused batch, the oddest paths are the suspects", () => {
  expect(likelyRefused(["/a.js", "/(b)", "/c(.js?x=%20", "/d"], 2)).toEqual(["/(b)", "/c(.js?x=%20"]);
  expect(likelyRefused(["/a"], 3)).toEqual(["/a"]);
});
