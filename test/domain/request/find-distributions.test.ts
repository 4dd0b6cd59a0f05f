import type { AccountDistribution } from "../../../domain/request/distributions.ts";
import { findDistributions, notAllowedReason, unlistedProblem } from "../../../domain/request/find-distributions.ts";

const MAIN = { id: "E1", domain: "d1.cloudfront.net", aliases: ["CDN.example.com", "www.example.com"] };
const WILD = { id: "E2", domain: "d2.cloudfront.net", aliases: ["*.example.com"] };
const main = { label: "d1", domain: "d1.cloudfront.net", id: "E1", names: [MAIN.domain, ...MAIN.aliases] };
const wild = { label: "d2", domain: "d2.cloudfront.net", id: "E2", names: [WILD.domain, ...WILD.aliases] };

const other = (domain: string) => ({ label: "d9", domain, names: [] });

/** An account with two distributions and others, and a DNS with these aliases. */
async function find(
  cfDomain: string | undefined,
  hosts: readonly string[],
  aliases: Record<string, string> = {},
  others: readonly AccountDistribution[] = [],
) {
  const asked: string[] = [];
  const alias = async (name: string) => {
    asked.push(name);
    return aliases[name];
  };
  const listFor = async () => [WILD, MAIN, ...others];
  const { distributions, refused, unlisted } = await findDistributions(cfDomain, hosts, {
    distributions: { listFor },
    dns: { alias },
  });
  return { asked, found: distributions, refused: Object.fromEntries(refused), unlisted };
}

describe("with cf_domain", () => {
  const CHAIN = { "a.other.com": "b.other.com", "b.other.com": "c.other.com", "c.other.com": "d9.cloudfront.net" };

  it.each<[string, string, found: object, aliases?: Record<string, string>]>([
    ["the domain of an own distribution", "d1.cloudfront.net", main],
    ["an alias of one", "cdn.example.com", { ...main, domain: "cdn.example.com" }],
    ["an exact alias goes before a wildcard", "www.example.com", { ...main, domain: "www.example.com" }],
    ["the domain of somebody else's", "d9.cloudfront.net", other("d9.cloudfront.net")],
    ["a POP's name for it", "d9.SIN2-P1.cloudfront.net", other("d9.SIN2-P1.cloudfront.net")],
    // It may belong to another account.
    ["no alias as Host that only the DNS lists", "cdn.other.com", main, { "cdn.other.com": "D1.CloudFront.net." }],
    ["an alias of an alias", "a.other.com", other("a.other.com"), CHAIN],
  ])("%s", async (_, cfDomain, distribution, aliases = {}) => {
    const { asked, found } = await find(cfDomain, ["never.asked"], aliases);
    expect(found).toEqual([distribution]);
    expect(asked).toEqual(Object.keys(aliases));
  });

  const refusal = (host: string, why: string) => ({ [host]: `${host} ${why}` });
  it.each<[string, string, hosts: string[], refused: object]>([
    [
      "that a more specific alias gives to another distribution, or that it does not answer to",
      "d2.cloudfront.net",
      ["x.example.com", "www.example.com", "CDN.example.com", "d1.cloudfront.net", "files.other.com"],
      {
        ...refusal("www.example.com", "belongs to the distribution E1, not to E2"),
        ...refusal("CDN.example.com", "belongs to the distribution E1, not to E2"),
        ...refusal("d1.cloudfront.net", "belongs to the distribution E1, not to E2"),
        "files.other.com": "the distribution E2 does not serve files.other.com",
      },
    ],
    ["but none of its own", "cdn.example.com", ["cdn.example.com", "www.example.com"], {}],
    ["but none under the domain of somebody else's", "d9.cloudfront.net", ["cdn.example.com", "files.other.com"], {}],
  ])("refuses hosts %s", async (_, cfDomain, hosts, refused) =>
    expect(await find(cfDomain, hosts)).toMatchObject({ asked: [], refused }),
  );

  it.each<[string, string, aliases?: Record<string, string>]>([
    ["a name that nobody knows", "cdn.other.com"],
    ["a name that only looks like CloudFront's", "d1.cloudfront.net.evil.example"],
    [
      "a chain of six",
      "1.x",
      { "1.x": "2.x", "2.x": "3.x", "3.x": "4.x", "4.x": "5.x", "5.x": "6.x", "6.x": "d1.cloudfront.net" },
    ],
  ])("%s is refused: nothing is asked there", (_, cfDomain, aliases) =>
    expect(find(cfDomain, [], aliases)).rejects.toMatchObject({
      name: "NoDistributionError",
      message: expect.stringMatching(/^cf_domain: .* set cf_domain to the distribution's own domain, such as d1/),
    }),
  );
});

it.each<[string, hosts: string[], found: object[], refused: string[], asked: string[]]>([
  [
    "several hosts of one distribution are one, asked for by its domain",
    ["cdn.example.com", "www.example.com", "d1.cloudfront.net"],
    [{ ...main, hosts: ["cdn.example.com", "www.example.com", "d1.cloudfront.net"] }],
    [],
    [],
  ],
  [
    "several distributions: each with its hosts",
    ["cdn.example.com", "x.example.com", "alias.other.com", "www.example.com", "y.example.com"],
    [
      { ...main, hosts: ["cdn.example.com", "www.example.com"] },
      { ...wild, hosts: ["x.example.com", "y.example.com"] },
      { label: "d9", names: [], hosts: ["alias.other.com"] },
    ],
    [],
    ["alias.other.com"],
  ],
  // An address is no name, so the DNS is not asked for it.
  [
    "a host that leads to none is in none",
    ["files.other.com", "cdn.example.com", "10.0.0.1", "[::1]"],
    [{ ...main, hosts: ["cdn.example.com"] }],
    ["files.other.com", "10.0.0.1", "[::1]"],
    ["files.other.com"],
  ],
])("without: %s", async (_, hosts, found, refused, asked) => {
  const answer = await find(undefined, hosts, { "alias.other.com": "d9.cloudfront.net" });
  expect({ ...answer, refused: Object.keys(answer.refused) }).toEqual({ asked, found, refused, unlisted: undefined });
});

describe("of a multi-tenant distribution", () => {
  const ENDPOINT = "d7.cloudfront.net";
  const tenant = (n: number, ...aliases: string[]): AccountDistribution => ({
    id: "E7",
    tenant: `dt_${n}`,
    domain: ENDPOINT,
    aliases,
  });
  const TEMPLATE: AccountDistribution = {
    id: "E7",
    domain: "d6.cloudfront.net",
    aliases: [],
    unserved: "multi-tenant distribution",
  };
  const ACCOUNT: AccountDistribution[] = [
    TEMPLATE,
    { id: "cg_1", domain: ENDPOINT, aliases: [], unserved: "connection group" },
    tenant(1, "one.example", "*.one.example"),
    tenant(2, "two.example"),
    { ...tenant(3, "off.example"), unserved: "disabled tenant" },
  ];
  const one = { label: "d7", id: "E7", tenant: "dt_1", names: ["one.example", "*.one.example"] };
  const two = { label: "d7", id: "E7", tenant: "dt_2", names: ["two.example"] };
  const DNS = { "gone.example": `${ENDPOINT}.`, "vanity.example": "one.example", "one.example": ENDPOINT };

  it("each tenant is found by its domains: under the label of the endpoint that they share, asked for by the URL's own host", async () =>
    expect(await find(undefined, ["one.example", "two.example", "a.one.example"], DNS, ACCOUNT)).toMatchObject({
      found: [
        { ...one, hosts: ["one.example", "a.one.example"] },
        { ...two, hosts: ["two.example"] },
      ],
      refused: {},
      asked: [],
    }));

  it("a tenant is allowed by its own id, and not by that of its multi-tenant distribution", () => {
    const found = { distributions: [one], refused: new Map() };
    expect(notAllowedReason(["dt_1"], found)).toBeUndefined();
    expect(notAllowedReason(["E7", "dt_2"], found)).toMatch(/^one.example belongs to the distribution tenant dt_1, /);
  });

  it("cf_domain names a tenant, and hosts of another one are refused", async () => {
    const answer = await find(
      "a.one.example",
      ["one.example", "two.example", ENDPOINT, "www.example.com"],
      {},
      ACCOUNT,
    );
    expect(answer.found).toEqual([one]);
    expect(answer.refused).toEqual({
      "two.example": "two.example belongs to the distribution tenant dt_2, not to dt_1",
      [ENDPOINT]: expect.stringContaining("routing endpoint of the connection group cg_1"),
      "www.example.com": "www.example.com belongs to the distribution E1, not to dt_1",
    });
  });

  it.each([
    [
      "the template's domain",
      "d6.cloudfront.net",
      /multi-tenant distribution E7, which serves no traffic itself. Use the domain of/,
    ],
    ["a routing endpoint", ENDPOINT, /routing endpoint of the connection group cg_1, .* remove cf_domain/],
    ["a disabled tenant", "off.example", /distribution tenant dt_3, which serves no traffic/],
  ])("%s leads to nothing, as a host and as cf_domain", async (_, name, why) => {
    const { found, refused } = await find(undefined, [name], {}, ACCOUNT);
    expect([found, Object.keys(refused)]).toEqual([[], [name]]);
    expect(refused[name]).toMatch(why);
    await expect(find(name, [], {}, ACCOUNT)).rejects.toThrow(why);
  });

  it("a name that only the DNS leads to an endpoint is no tenant's of this account", async () =>
    expect((await find(undefined, ["gone.example", "vanity.example"], DNS, ACCOUNT)).found).toEqual([
      { label: "d7", names: [], hosts: ["gone.example", "vanity.example"] },
    ]));

  it("whose tenants cannot be listed, what is not found may be of this account, and every refusal says so", async () => {
    const account = [{ ...TEMPLATE, unlisted: "AccessDenied: no" }];
    const { refused, ...answer } = await find(undefined, ["one.example", "x.example"], DNS, account);
    const found = { distributions: answer.found, refused: new Map(), unlisted: answer.unlisted };
    const said = /tenants could not be looked up \(AccessDenied: no\)/;
    expect(found.distributions).toMatchObject([{ label: "d7", hosts: ["one.example"] }]);
    expect(refused["x.example"]).toMatch(said);
    expect(notAllowedReason(["E1"], found)).toMatch(said);
    expect(unlistedProblem({ need_invalidate: true }, found)).toMatch(said);
    // A wildcard of an allowed one may cover a host that such a tenant owns.
    expect(notAllowedReason([one.tenant], { ...found, distributions: [one] })).toMatch(
      /^it is unknown whether .*no\)$/,
    );
    expect(notAllowedReason(["*"], { ...found, distributions: [one] })).toBeUndefined();
    expect(unlistedProblem({ need_invalidate: false }, found)).toBeUndefined();
    expect(unlistedProblem({ need_invalidate: true }, { ...found, distributions: [one] })).toBeUndefined();
  });
});
