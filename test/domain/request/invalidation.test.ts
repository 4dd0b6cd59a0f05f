import { normalizeUrl } from "../../../domain/net/urls.ts";
import {
  BATCH_PATHS,
  BATCH_WILDCARDS,
  coveringNone,
  coverOf,
  inBatches,
  invalidationPath,
  MAX_PATHS_IN_PROGRESS,
  mayStart,
  pathOrPattern,
  tagProblem,
} from "../../../domain/request/invalidation.ts";
import { times } from "../../collect.ts";

const HOST = "https://cdn.example.com";

function pathOf(target: string) {
  const normalized = normalizeUrl(HOST + target);
  if (!("url" in normalized)) throw new Error(normalized.problem);
  return invalidationPath(new URL(normalized.url));
}

it.each([
  ["/a/b.js", "/a/b.js"],
  ["/a.js?v=1&w=(2)", "/a.js?v=1&w=(2)"],
  ["/[1]|a.js", "/%5B1%5D%7Ca.js"],
  ["/a.js?f={x}|[y]\\^`", "/a.js?f=%7Bx%7D%7C%5By%5D%5C%5E%60"],
  ['/a b"<>.js', "/a%20b%22%3C%3E.js"],
  ["/~user/vendors~main.js?x=~", "/%7Euser/vendors%7Emain.js?x=%7E"],
  ["/日.js?ü", "/%E6%97%A5.js?%C3%BC"],
  [`/${"a".repeat(3_999)}`, `/${"a".repeat(3_999)}`],
])("the path under which an object is invalidated: %s: %s", (target, path) => expect(pathOf(target)).toEqual({ path }));

it.each([
  ["/img/*", /ends in \*/],
  [`/${"a".repeat(4_000)}`, /has a path of 4001 characters; CloudFront invalidates at most 4000/],
  // Each of these is three characters once it is encoded.
  [`/a?${"[".repeat(1_400)}`, /has a path of 4203 characters/],
])("the path under which an object is invalidated: %s has none", (target, problem) =>
  expect(pathOf(target)).toEqual({ problem: expect.stringMatching(problem) }),
);

it.each([
  ["/*", { path: "/*" }],
  // The dot before a wildcard is none that a URL drops.
  ["/a/.*", { path: "/a/.*" }],
  ["/a/../b/日[1]*", { path: "/b/%E6%97%A5%5B1%5D*" }],
  ["/index.html", { path: "/index.html" }],
  ["patch/*", { problem: expect.stringMatching(/must begin with \//) }],
  ["/*.js", { problem: expect.stringMatching(/has a \* before its end/) }],
  ["/#tag", { problem: expect.stringMatching(/has a #.*tags/) }],
  ["/a\n*", { problem: "has a control character" }],
  [`/${"a".repeat(4_000)}*`, { problem: expect.stringMatching(/has a path of 4002 characters/) }],
])("a path that a request names: %s", (text, answer) => expect(pathOrPattern(text)).toEqual(answer));

it.each([
  ["/a/*", ["/a/b.js", "/a/?x", "/a/"]],
  ["/a.js", ["/a.js"]],
  ["/%5B*", ["/[1].js"]],
])("%s covers %j and no other", (path, covered) => {
  const all = ["/a/b.js", "/a/?x", "/a/", "/a", "/A/b.js", "/a.js", "/a.js?v=1", "/[1].js"];
  const isCovered = coverOf([path]);
  expect(all.filter((target) => isCovered(new URL(HOST + target)))).toEqual(all.filter((it) => covered.includes(it)));
  const urls = all.map((target) => HOST + target);
  expect([coveringNone([path], urls), coveringNone([path], [`${HOST}/z`])]).toEqual([[], [path]]);
});

it.each([
  ["product:42", undefined],
  ["!".repeat(256), undefined],
  ["#release", /no # at its beginning/],
  ["x".repeat(257), /1 to 256/],
  ["a b", /visible ASCII/],
  ["a,b", /no comma/],
  ["a*", /no \*/],
])("a cache tag: %s: %s", (tag, problem) => expect(tagProblem(tag)).toEqual(problem && expect.stringMatching(problem)));

const QUOTA = 3_000;
const paths = (n: number) => times(n, (i) => `/${String(i).padStart(5, "0")}`);
const batch = (distributionId: string, n: number) => ({ distributionId, paths: paths(n) });

it("paths are divided by distribution, in the same way in whatever order they come", () => {
  const all = paths(BATCH_PATHS + 1);
  const batches = inBatches(
    new Map([
      ["E1", new Set(all.toReversed())],
      ["E2", new Set(["/x"])],
    ]),
  );
  expect(batches).toEqual([
    { distributionId: "E1", paths: all.slice(0, BATCH_PATHS) },
    { distributionId: "E1", paths: all.slice(BATCH_PATHS) },
    { distributionId: "E2", paths: ["/x"] },
  ]);
  expect(inBatches(new Map())).toEqual([]);
  const wildcards = times(BATCH_WILDCARDS + 1, (i) => `/${i}/*`);
  const mixed = inBatches(new Map([["E1", new Set(["/a", ...wildcards, "#tag"])]]));
  expect(mixed.map((it) => it.paths)).toEqual([wildcards.slice(0, -1), wildcards.slice(-1), ["#tag", "/a"]]);
});

it("a distribution never has more in progress than leaves others room", () => {
  expect(MAX_PATHS_IN_PROGRESS).toBeLessThan(QUOTA);
  const inProgress: ReturnType<typeof batch>[] = [];
  while (mayStart(batch("E1", BATCH_PATHS), inProgress)) inProgress.push(batch("E1", BATCH_PATHS));
  expect(inProgress.length * BATCH_PATHS).toBe(MAX_PATHS_IN_PROGRESS);
  expect(mayStart(batch("E1", 1), inProgress)).toBe(false);
  expect(mayStart(batch("E2", BATCH_PATHS), inProgress)).toBe(true);
  expect(mayStart(batch("E1", BATCH_PATHS), inProgress.slice(1))).toBe(true);
});
