import type { StoredSettings } from "../../../domain/distribution/stored-settings.ts";
import { withSamples } from "../../../domain/plan/samples.ts";
import type { GoodUrl } from "../../../domain/plan/task.ts";

const HOST = "www.example.com";
const DISTRIBUTIONS = [{ label: "d1", id: "E1", names: [HOST], hosts: [HOST] }];
const SETTINGS: StoredSettings = {
  id: "E1",
  behaviours: [
    { path_pattern: "/api/*", uncached: true },
    { path_pattern: "/shield/*", origin_shield: "eu-west-1" },
    ...["/a/*", "/b/*", "/c/*", "/d/*", "*"].map((path_pattern) => ({ path_pattern })),
  ],
} as StoredSettings;
const REQUEST: Parameters<typeof withSamples>[1] = {
  scope: "regional",
  verify: "edge",
  distribution_settings: [SETTINGS],
};

const at = (path: string, bytes: number | null, more: Partial<GoodUrl> = {}): GoodUrl => ({
  url: `https://${HOST}${path}`,
  bytes,
  ...more,
});

function sampledOf(urls: readonly GoodUrl[], request = REQUEST): string[] {
  const all = withSamples(urls, request, DISTRIBUTIONS);
  return all.filter(({ sample }) => sample === true).map(({ url }) => new URL(url).pathname);
}

it("is the smallest object of a cache behavior; an unknown size is the largest, and equal sizes go by URL", () => {
  expect(sampledOf([at("/x", 30), at("/y", 10), at("/z", 20)])).toEqual(["/y"]);
  expect(sampledOf([at("/x", null), at("/y", 10)])).toEqual(["/y"]);
  expect(sampledOf([at("/z", 10), at("/y", 10), at("/y", 10, { variant: "br" })])).toEqual(["/y"]);
  expect(sampledOf([at("/z", null), at("/y", null)])).toEqual(["/y"]);
});

it("is one object of each of the three cache behaviors with the smallest", () => {
  const urls = [at("/a/1", 40), at("/b/1", 30), at("/c/1", 20), at("/d/1", 10), at("/d/2", 5)];
  expect(sampledOf(urls)).toEqual(["/b/1", "/c/1", "/d/2"]);
});

it("is no object that tells no REC: uncached, behind Origin Shield, wanted at some POPs alone, of no distribution", () => {
  const foreign: GoodUrl = { url: "https://other.example/x", bytes: 1 };
  expect(sampledOf([at("/api/1", 1), at("/shield/1", 1), at("/x", 1, { pops: "1" }), foreign])).toEqual([]);
});

it("needs the scope regional and a check", () => {
  expect(sampledOf([at("/x", 1)], { ...REQUEST, scope: "pop" })).toEqual([]);
  expect(sampledOf([at("/x", 1)], { ...REQUEST, verify: "off" })).toEqual([]);
});
