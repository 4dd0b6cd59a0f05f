import { describe, expect, it } from "vitest";
import { findDistributions } from "../../../domain/request/find-distributions.ts";

const MAIN = { id: "E1", domain: "d1.cloudfront.net", aliases: ["CDN.example.com", "www.example.com"] };
const WILD = { id: "E2", domain: "d2.cloudfront.net", aliases: ["*.example.com"] };
const main = { label: "d1", domain: "d1.cloudfront.net", id: "E1", names: [MAIN.domain, ...MAIN.aliases] };
const wild = { label: "d2", domain: "d2.cloudfront.net", id: "E2", names: [WILD.domain, ...WILD.aliases] };

/** An account with two distributions, and a DNS with these aliases. */
function find(cfDomain: string | undefined, hosts: readonly string[], aliases: Record<string, string> = {}) {
  const asked: string[] = [];
  const alias = async (name: string) => {
    asked.push(name);
    return aliases[name];
  };
  const own = async () => [WILD, MAIN];
  const answer = findDistributions(cfDomain, hosts, { distributions: { own }, dns: { alias } });
  const refused = () => answer.then((it) => Object.fromEntries(it.refused));
  return { asked, refused, found: answer.then(({ distributions }) => distributions) };
}

describe("with cf_domain", () => {
  it.each([
    ["the domain of an own distribution", "d1.cloudfront.net", main],
    ["an alias of one", "cdn.example.com", { ...main, domain: "cdn.example.com" }],
    ["an exact alias goes before a wildcard", "www.example.com", { ...main, domain: "www.example.com" }],
    ["a wildcard alias of one", "other.example.com", { ...wild, domain: "other.example.com" }],
    ["the domain of somebody else's", "d9.cloudfront.net", { label: "d9", domain: "d9.cloudfront.net", names: [] }],
    ["the same in China", "d9.cloudfront.cn", { label: "d9", domain: "d9.cloudfront.cn", names: [] }],
    [
      "a POP's name for it",
      "d9.SIN2-P1.cloudfront.net",
      { label: "d9", domain: "d9.SIN2-P1.cloudfront.net", names: [] },
    ],
  ])("%s", async (_, cfDomain, distribution) => {
    const { asked, found } = find(cfDomain, ["never.asked"]);
    expect(await found).toEqual([distribution]);
    expect(asked).toEqual([]);
  });

  it("does not use an alias as Host that only the DNS lists: it may belong to another account", async () => {
    const { found } = find("cdn.other.com", [], { "cdn.other.com": "D1.CloudFront.net." });
    expect(await found).toEqual([main]);
  });

  it("refuses hosts that a more specific alias gives to another distribution, or that it does not answer to", async () => {
    const hosts = ["x.example.com", "www.example.com", "CDN.example.com", "d1.cloudfront.net", "files.other.com"];
    const { asked, refused } = find("d2.cloudfront.net", hosts, { "files.other.com": "d1.cloudfront.net" });
    expect(await refused()).toEqual({
      "www.example.com": "www.example.com belongs to the distribution E1, not to E2",
      "CDN.example.com": "CDN.example.com belongs to the distribution E1, not to E2",
      "d1.cloudfront.net": "d1.cloudfront.net belongs to the distribution E1, not to E2",
      "files.other.com": "the distribution E2 does not answer to files.other.com",
    });
    expect(asked).toEqual([]);
  });

  it("refuses none of its own hosts, nor any that is asked under the domain of somebody else's distribution", async () => {
    expect(await find("cdn.example.com", ["cdn.example.com", "www.example.com"]).refused()).toEqual({});
    expect(await find("d9.cloudfront.net", ["cdn.example.com", "files.other.com"]).refused()).toEqual({});
    const alias = find("cdn.other.com", ["cdn.other.com"], { "cdn.other.com": "d1.cloudfront.net" });
    expect(await alias.refused()).toEqual({});
  });

  it("an alias of an alias is followed, to an end", async () => {
    const chain = { "a.other.com": "b.other.com", "b.other.com": "c.other.com", "c.other.com": "d9.cloudfront.net" };
    const straight = find("a.other.com", [], chain);
    expect((await straight.found)[0]?.label).toBe("d9");
    expect(straight.asked).toEqual(Object.keys(chain));
    const circle = { "a.other.com": "b.other.com", "b.other.com": "a.other.com" };
    const { asked, found } = find("a.other.com", [], circle);
    await expect(found).rejects.toThrow("a.other.com is no name of a distribution of this account");
    expect(asked).toHaveLength(5);
  });

  it.each([
    ["a name that nobody knows", "cdn.other.com", {}],
    ["a name with an address and no CNAME", "other.com", {}],
    ["a chain that leads elsewhere", "cdn.other.com", { "cdn.other.com": "lb.elsewhere.net" }],
    ["a name that only looks like CloudFront's", "d1.cloudfront.net.evil.example", {}],
    ["and so does this one", "evil-cloudfront.net", {}],
    [
      "a chain of six",
      "1.x",
      { "1.x": "2.x", "2.x": "3.x", "3.x": "4.x", "4.x": "5.x", "5.x": "6.x", "6.x": "d1.cloudfront.net" },
    ],
  ])("%s is refused: nothing is asked there", async (_, cfDomain, aliases) => {
    await expect(find(cfDomain, [], aliases as Record<string, string>).found).rejects.toMatchObject({
      name: "NoDistributionError",
      message: expect.stringMatching(/^cf_domain: .* name the distribution's own domain as cf_domain, such as d1/),
    });
  });
});

describe("without", () => {
  it("several hosts of one distribution are one, asked for by its domain", async () => {
    const hosts = ["cdn.example.com", "www.example.com", "d1.cloudfront.net"];
    expect(await find(undefined, hosts).found).toEqual([{ ...main, hosts }]);
  });

  it("several distributions: each with its hosts", async () => {
    const hosts = ["cdn.example.com", "x.example.com", "files.other.com", "www.example.com", "y.example.com"];
    const { found } = find(undefined, hosts, { "files.other.com": "d9.cloudfront.net" });
    expect(await found).toEqual([
      { ...main, hosts: ["cdn.example.com", "www.example.com"] },
      { ...wild, hosts: ["x.example.com", "y.example.com"] },
      { label: "d9", names: [], hosts: ["files.other.com"] },
    ]);
  });

  it("a host that leads to none is in none", async () => {
    const hosts = ["files.other.com", "cdn.example.com", "10.0.0.1", "[::1]"];
    const { asked, found, refused } = find(undefined, hosts);
    expect(await found).toEqual([{ ...main, hosts: ["cdn.example.com"] }]);
    expect(Object.keys(await refused())).toEqual(["files.other.com", "10.0.0.1", "[::1]"]);
    // An address is no name.
    expect(asked).toEqual(["files.other.com"]);
  });
});
