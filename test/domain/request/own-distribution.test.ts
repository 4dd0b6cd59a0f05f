import { expect, it } from "vitest";
import { hostOwners, notOwnedReason } from "../../../domain/request/distributions.ts";

const OWN = [
  { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
  { id: "E2", domain: "d2.cloudfront.net", aliases: ["*.media.example.com", "www.example.com"] },
  { id: "E3", domain: "d3.cloudfront.net", aliases: ["exact.media.example.com"] },
];

it.each([
  ["d2.cloudfront.net", "E2"],
  ["a.example.com", "E1"],
  ["a.b.example.com", "E1"],
  ["www.example.com", "E2"],
  ["a.media.example.com", "E2"],
  ["a.b.media.example.com", "E2"],
  ["exact.media.example.com", "E3"],
  ["media.example.com", "E1"],
  ["example.com", undefined],
  ["d9.cloudfront.net", undefined],
])("%s belongs to %s: the longest name that covers it decides", (host, id) => {
  expect(hostOwners(OWN)(host)?.id).toBe(id);
  expect(hostOwners(OWN.toReversed())(host)?.id).toBe(id);
});

it("a name is no pattern: a host that is written like a wildcard belongs to the wildcard above it", () => {
  expect(hostOwners(OWN)("*.media.example.com")?.id).toBe("E2");
  expect(hostOwners(OWN)(".example.com")).toBeUndefined();
});

it("names are compared without regard to case", () => {
  expect(
    hostOwners([{ id: "E1", domain: "d1.cloudfront.net", aliases: ["CDN.Example.com"] }])("cdn.EXAMPLE.com")?.id,
  ).toBe("E1");
});

it("a host of an account with many names is found without comparing all of them", () => {
  const many = Array.from({ length: 500 }, (_, i) => ({
    id: `E${i}`,
    domain: `d${i}.cloudfront.net`,
    aliases: Array.from({ length: 20 }, (_, n) => `a${n}.site${i}.example.com`),
  }));
  const owner = hostOwners(many);
  const began = performance.now();
  let found = 0;
  for (let i = 0; i < 60_000; i++) if (owner(`a${i % 20}.site${i % 500}.example.com`)?.id === `E${i % 500}`) found++;
  expect(found).toBe(60_000);
  // Comparing each of the 10,500 names with each host takes minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});

it.each([
  ["a.example.com", "E1", undefined],
  ["www.example.com", "E1", "www.example.com belongs to the distribution E2, not to E1"],
  ["www.example.com", "E2", undefined],
  ["www.example.org", "E1", "the distribution E1 does not answer to www.example.org"],
])("URLs of %s as URLs of %s: %s", (host, id, problem) => {
  expect(notOwnedReason(id, host, hostOwners(OWN))).toBe(problem);
});
