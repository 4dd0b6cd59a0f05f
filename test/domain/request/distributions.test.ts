import {
  allowedDistributionsSchema,
  cloudFrontLabel,
  type Distribution,
  distributionOf,
  hostOwners,
  invalidatedId,
  matchesName,
  problemWith,
  requestHost,
  tooManyHosts,
} from "../../../domain/request/distributions.ts";
import { times } from "../../collect.ts";

const DOMAIN = "d111111abcdef8.cloudfront.net";

it.each([
  ["cdn.example.com", "cdn.example.com", true],
  ["cdn.example.com", "example.com", false],
  ["CDN.EXAMPLE.com", "*.example.COM", true],
  ["a.b.c.Example.com", "*.EXAMPLE.com", true],
  ["cdn.example.com", "*.cdn.example.com", false],
  ["cdn.example.com.evil.org", "*.example.com", false],
  ["evilexample.com", "*.example.com", false],
  [".example.com", "*.example.com", false],
])("a host and a name: %s under %s: %s", (host, name, matches) => expect(matchesName(host, name)).toBe(matches));

describe("the host to ask with", () => {
  const own: Distribution = {
    label: "d111111abcdef8",
    domain: DOMAIN,
    names: [DOMAIN, "cdn.example.com", "*.w.example"],
  };
  const ask = (distribution: Distribution, url: string) => requestHost(distribution, new URL(url));

  it.each([
    ["an alias is asked for by itself", own, "https://cdn.example.com/a", "cdn.example.com"],
    ["another host by the distribution's domain", own, "https://www.example.com/a", DOMAIN],
    ["with the URL's port", own, "https://www.example.com:8443/a", `${DOMAIN}:8443`],
    [
      "without a domain always the URL's own",
      { label: "x", names: [] },
      "http://www.example.com:81/a",
      "www.example.com:81",
    ],
    ["of another account always the domain", { ...own, names: [] }, "https://cdn.example.com/a", DOMAIN],
  ] satisfies [string, Distribution, string, string][])("%s", (_, distribution, url, host) =>
    expect(ask(distribution, url)).toBe(host),
  );
});

it("a host's distribution is the one that lists it, or the one that takes all", () => {
  const a: Distribution = { label: "a", names: [], hosts: ["a.example", "b.example"] };
  const c: Distribution = { label: "c", names: [], hosts: ["c.example"] };
  expect(distributionOf([a, c], "b.example")).toBe(a);
  expect(distributionOf([a, c], "c.example")).toBe(c);
  expect(distributionOf([a, c], "d.example")).toBeUndefined();
  expect(distributionOf([{ label: "all", names: [] }], "d.example")?.label).toBe("all");
});

it.each([
  [DOMAIN, "d111111abcdef8"],
  ["d1.cloudfront.cn", "d1"],
  ["d1.SIN2-P1.cloudfront.net", "d1"],
  ["cdn.example.com", undefined],
  ["cloudfront.net", undefined],
  ["d1.cloudfront.net.example.com", undefined],
  ["a.b.c.cloudfront.net", undefined],
  ["d1.cloudfront.net.", undefined],
])("the label of a name: %s: %s", (name, label) => expect(cloudFrontLabel(name)).toBe(label));

it.each(["*", "E1,*"])("the list of distributions: %s allows every one, also of another account", (text) => {
  const allowed = allowedDistributionsSchema.parse(text);
  expect(problemWith(allowed, "E9", "cdn.example.com")).toBeUndefined();
  expect(problemWith(allowed, undefined, "cdn.example.com")).toBeUndefined();
});

it("the list of distributions allows those that it names, and no other, nor one of another account", () => {
  const allowed = allowedDistributionsSchema.parse("E1, E2");
  expect(problemWith(allowed, "E2", "cdn.example.com")).toBeUndefined();
  expect(problemWith(allowed, "E3", "cdn.example.com")).toBe(
    "cdn.example.com belongs to the distribution E3, but this deployment allows only E1, E2 (stack parameter distributions)",
  );
  expect(problemWith(allowed, undefined, "cdn.example.com")).toMatch(/belongs to no distribution of this account/);
});

const OWN = [
  { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
  { id: "E2", domain: "d2.cloudfront.net", aliases: ["*.media.example.com", "WWW.Example.com"] },
  { id: "E3", domain: "d3.cloudfront.net", aliases: ["exact.media.example.com"] },
];

it.each([
  ["d2.cloudfront.net", "E2"],
  ["a.example.com", "E1"],
  ["a.b.example.com", "E1"],
  ["www.example.com", "E2"],
  ["www.EXAMPLE.com", "E2"],
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

const TENANT = { id: "E4", tenant: "dt_1", domain: "d9.cloudfront.net", aliases: ["*.media.example.com", "t.example"] };

it("a tenant owns its domains, and not the routing endpoint that it shares; its id is what the list of distributions has", () => {
  const owner = hostOwners([...OWN.slice(0, 1), TENANT]);
  expect(["a.media.example.com", "t.example", "a.example.com", TENANT.domain].map((host) => owner(host)?.id)).toEqual([
    "E4",
    "E4",
    "E1",
    undefined,
  ]);
  expect(problemWith(["dt_1"], invalidatedId(TENANT), "t.example")).toBeUndefined();
  expect(problemWith(["E4"], invalidatedId(TENANT), "t.example")).toMatch(/belongs to the distribution tenant dt_1, /);
});

it("a name is no pattern: a host that is written like a wildcard belongs to the wildcard above it", () => {
  expect(hostOwners(OWN)("*.media.example.com")?.id).toBe("E2");
  expect(hostOwners(OWN)(".example.com")).toBeUndefined();
});

it("a host of an account with many names is found without comparing all of them", () => {
  const many = times(500, (i) => ({
    id: `E${i}`,
    domain: `d${i}.cloudfront.net`,
    aliases: times(20, (n) => `a${n}.site${i}.example.com`),
  }));
  const owner = hostOwners(many);
  const cpu = process.cpuUsage();
  let found = 0;
  for (let i = 0; i < 60_000; i++) if (owner(`a${i % 20}.site${i % 500}.example.com`)?.id === `E${i % 500}`) found++;
  const { user, system } = process.cpuUsage(cpu);
  expect(found).toBe(60_000);
  // It takes 0.05 s of CPU, beside other tests; comparing each of the 10,500 names with each host takes minutes.
  expect((user + system) / 1e6).toBeLessThan(1);
});

const hosts = (count: number) => times(count, (n) => `https://h${n}.example/a`);

it("URLs without cf_domain may have 20 different hosts", () => {
  expect(tooManyHosts([...hosts(20), "https://h3.example/b", "https://h3.example/c?d=/e"])).toBeUndefined();
});
