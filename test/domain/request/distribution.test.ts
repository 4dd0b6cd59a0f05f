import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cloudFrontLabel,
  type Distribution,
  distributionOf,
  matchesName,
  requestHost,
} from "../../../domain/request/distributions.ts";

const DOMAIN = "d111111abcdef8.cloudfront.net";

describe("a host and a name", () => {
  it.each([
    ["cdn.example.com", "cdn.example.com", true],
    ["CDN.example.com", "cdn.Example.com", true],
    ["cdn.example.com", "example.com", false],
    ["cdn.example.com", "*.example.com", true],
    ["CDN.EXAMPLE.com", "*.example.COM", true],
    ["example.com", "*.example.com", false],
    ["a.cdn.example.com", "*.example.com", true],
    ["a.b.c.Example.com", "*.EXAMPLE.com", true],
    ["cdn.example.com", "*.cdn.example.com", false],
    ["cdn.example.com.evil.org", "*.example.com", false],
    ["evilexample.com", "*.example.com", false],
    ["com", "*.com", false],
    [".example.com", "*.example.com", false],
    [".cdn.example.com", "*.example.com", false],
  ])("%s under %s: %s", (host, name, matches) => {
    expect(matchesName(host, name)).toBe(matches);
  });

  it("a wildcard covers one label in front and several, and nothing without one", () => {
    fc.assert(
      fc.property(fc.domain(), fc.stringMatching(/^[a-z0-9]{1,20}$/), (domain, label) => {
        expect(matchesName(`${label}.${domain}`, `*.${domain}`)).toBe(true);
        expect(matchesName(domain, `*.${domain}`)).toBe(false);
        expect(matchesName(`${label}.${label}.${domain}`, `*.${domain}`)).toBe(true);
      }),
    );
  });
});

describe("the host to ask with", () => {
  const own: Distribution = {
    label: "d111111abcdef8",
    domain: DOMAIN,
    names: [DOMAIN, "cdn.example.com", "*.w.example"],
  };
  const ask = (distribution: Distribution, url: string) => requestHost(distribution, new URL(url));

  it.each([
    ["an alias is asked for by itself", own, "https://cdn.example.com/a", "cdn.example.com"],
    ["so is one under a wildcard", own, "https://x.w.example/a", "x.w.example"],
    ["another host by the distribution's domain", own, "https://www.example.com/a", DOMAIN],
    ["with the URL's port", own, "https://www.example.com:8443/a", `${DOMAIN}:8443`],
    ["an alias with its port", own, "https://cdn.example.com:8443/a", "cdn.example.com:8443"],
    [
      "without a domain always the URL's own",
      { label: "x", names: [] },
      "http://www.example.com:81/a",
      "www.example.com:81",
    ],
    ["of another account always the domain", { ...own, names: [] }, "https://cdn.example.com/a", DOMAIN],
  ] satisfies [string, Distribution, string, string][])("%s", (_, distribution, url, host) => {
    expect(ask(distribution, url)).toBe(host);
  });
});

it("a host's distribution is the one that lists it, or the one that takes all", () => {
  const a: Distribution = { label: "a", names: [], hosts: ["a.example", "b.example"] };
  const c: Distribution = { label: "c", names: [], hosts: ["c.example"] };
  expect(distributionOf([a, c], "b.example")).toBe(a);
  expect(distributionOf([a, c], "c.example")).toBe(c);
  expect(distributionOf([a, c], "d.example")).toBeUndefined();
  expect(distributionOf([{ label: "all", names: [] }], "d.example")?.label).toBe("all");
});

describe("the label of a name", () => {
  it.each([
    [DOMAIN, "d111111abcdef8"],
    ["D1.CloudFront.NET", "d1"],
    ["d1.cloudfront.cn", "d1"],
    ["d1.SIN2-P1.cloudfront.net", "d1"],
    ["cdn.example.com", undefined],
    ["cloudfront.net", undefined],
    [".cloudfront.net", undefined],
    ["d1.cloudfront.net.example.com", undefined],
    ["d1.evilcloudfront.net", undefined],
    ["a.b.c.cloudfront.net", undefined],
    ["d1.cloudfront.net.", undefined],
    ["d1/x.cloudfront.net", undefined],
  ])("%s: %s", (name, label) => {
    expect(cloudFrontLabel(name)).toBe(label);
  });
});
