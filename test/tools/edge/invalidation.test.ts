import { cacheKey } from "../../../tools/edge/cache-key.ts";
import { InvalidArgumentError, invalidated } from "../../../tools/edge/invalidation.ts";
import { ask, DOMAIN, newEdge } from "./client.ts";

test.each([
  [["/a.bin"], "/a.bin", true],
  [["/a.bin"], "/a.bin?v=1", false],
  [["/a.bin?v=1"], "/a.bin?v=1", true],
  [["/a.bin?v=1"], "/a.bin", false],
  [["/a.bin*"], "/a.bin?v=1", true],
  [["/dir/*"], "/dir/sub/a.bin?v=1", true],
  [["/dir/*"], "/dir2/a.bin", false],
  [["/*"], "/anything?at=all", true],
  [["/*.bin"], "/a.bin", false],
  [["/x", "/y", "/a*"], "/a.bin", true],
  [["/a(1)*.bin"], "/a(1)*.bin", true],
  [["/a%281%29%2A.bin"], "/a(1)*.bin", false],
  [["/a%5B1%5D%7C.bin"], "/a[1]|.bin", true],
  [["/a%7E.bin"], "/a~.bin", false],
  [["/a%7E.bin"], "/a%7E.bin", false],
  [[], "/a.bin", false],
])("%j on %s: %s", (paths, target, expected) => {
  const key = cacheKey(DOMAIN, target);
  expect(invalidated(paths)(key)).toBe(expected);
  expect(invalidated(paths, DOMAIN)(key)).toBe(expected);
  expect(invalidated(paths, "d222222abcdef8.cloudfront.net")(key)).toBe(false);
});

test.each(["a.bin", "*", "", "/a[1].bin", "/a|b", "/a~b", "/a b", "/日", `/${"a".repeat(4_000)}`])(
  "%s is refused, as by CloudFront",
  (path) => {
    expect(() => invalidated(["/a.bin", path])).toThrow(new InvalidArgumentError(path));
    expect(() => invalidated([`/${"a".repeat(3_999)}`])).not.toThrow();
  },
);

test("an invalidation empties every tier, for that path alone", async () => {
  const edge = await newEdge({ site: { "/a.bin": { size: 10 }, "/b.bin": { size: 10 } } });
  const both = async (pop: string) => [
    (await ask(edge, { pop })).xCache.split(" ")[0],
    (await ask(edge, { pop, path: "/b.bin" })).xCache.split(" ")[0],
  ];
  for (const pop of ["SIN2-P1", "BOM78-P1", "FRA56-P4"]) for (let n = 0; n < 2; n += 1) await both(pop);
  const old = await ask(edge);
  edge.addObject("/a.bin", { size: 10 });
  expect((await ask(edge)).sha256).toBe(old.sha256);
  expect(edge.invalidate(["/a.bin"], "cdn.example.com")).toBe(5);
  expect(await both("SIN2-P1")).toEqual(["Miss", "Hit"]);
  expect(await both("BOM78-P1")).toEqual(["Hit", "Hit"]);
  expect(await both("FRA56-P4")).toEqual(["Miss", "Hit"]);
  expect((await ask(edge)).sha256).not.toBe(old.sha256);
  // Both RECs have both objects, all POPs have the one, and one POP was asked twice for the other.
  expect(edge.invalidate(["/*"])).toBe(8);
});
