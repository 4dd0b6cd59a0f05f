// Whether a POST /prewarm may warm what its URLs and its cf_domain name.

import { times } from "../../collect.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { failing } from "../noted-calls.ts";
import { NOTHING, refusalOf, world } from "./world.ts";

useVirtualClock();

const E1 = { id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com", "*.img.example.com"] };
const E2 = { id: "E2", domain: "d2.cloudfront.net", aliases: ["other.example.com", "shop.img.example.com"] };
const DOMAIN = { cf_domain: E1.domain };

describe("hosts of the URLs and cf_domain", () => {
  it.each(["cdn.example.com", undefined])(
    "for the URLs' own host, the check of settings alone lists: %s",
    async (cf_domain) => {
      const { post, times: timesOf } = world({ own: [E1] });
      const { status, body } = await post({ cf_domain });
      expect([status, body["warnings"]]).toEqual([200, undefined]);
      expect(timesOf("distributions.listFor")).toBe(1);
    },
  );

  it("names of the same distribution are fine", async () => {
    const url_list = ["https://cdn.example.com/a", "https://x.y.img.example.com/b", "https://d1.cloudfront.net/c"];
    const { status, body } = await world({ own: [E1] }).post({ cf_domain: "a.img.example.com", url_list });
    expect([status, body["warnings"]]).toEqual([200, undefined]);
  });

  it("one that the distribution does not answer to, or that a more specific alias gives to another one, is a 400 with the URLs", async () => {
    const url_list = [
      ...["https://a.img.example.com/a", "https://shop.img.example.com/b", "https://example.org/c"],
      "https://example.org/d",
    ];
    const { post, made } = world({ own: [E1, E2] });
    const answer = await post({ ...DOMAIN, url_list });
    expect(refusalOf(answer)).toBe(
      "400 cf_domain: the names of the distribution E1 are d1.cloudfront.net, cdn.example.com, *.img.example.com; " +
        "shop.img.example.com belongs to the distribution E2, not to E1, the distribution E1 does not serve example.org",
    );
    expect(answer.body["error_urls"]).toEqual(url_list.slice(1));
    expect(made()).toEqual(NOTHING);
  });

  it("of many that the distribution does not answer to, the message names the first 20", async () => {
    const url_list = times(60, (i) => `https://h${i}.example.org/`);
    const answer = await world({ own: [E1] }).post({ ...DOMAIN, url_list });
    expect(refusalOf(answer)).toMatch(/^400 cf_domain: the names of the .* h19.example.org and 40 more$/);
    expect(answer.body["error_urls"]).toEqual(url_list);
  });

  it("of a distribution that is not this account's, a warning says that they were not checked", async () => {
    expect((await world({ own: [E1] }).post({ cf_domain: "d9.cloudfront.net" })).body["warnings"]).toEqual([
      "cf_domain: d9.cloudfront.net is not a name of any distribution of this account, so it was not checked whether it serves cdn.example.com",
      expect.stringMatching(/^not_checked: the configuration of d9.cloudfront.net was not checked/),
    ]);
  });

  it.each([
    ["cannot be listed now", () => Promise.reject(new Error("away"))],
    ["are not listed in time: the call would end first", () => new Promise<never>(() => undefined)],
  ])("so it does when the distributions %s", async (_, list) => {
    const w = world({ own: [E1] });
    w.distributions.listFor = list;
    const { status, body } = await w.post(DOMAIN);
    expect([status, body["warnings"]]).toEqual([
      200,
      [
        "cf_domain: the distributions could not be looked up, so the hosts of the URLs were not checked",
        expect.stringMatching(/^not_checked: the distributions of the account could not be read/),
      ],
    ]);
  });

  it("the times of a request begin after its checks, however long they take", async () => {
    const w = world({ own: [E1] });
    w.before["distributions.listFor"] = () => w.passTime(4_500);
    const { body } = await w.post(DOMAIN);
    expect([body["timestamp"], body["timeout_at"]]).toEqual([
      "2024-04-16 03:12:30.046000",
      "2024-04-16 03:17:30.046000",
    ]);
  });
});

const own = [E1, E2];

it.each([{}, DOMAIN])("the stack's list of distributions lets those be warmed that it names: %j", async (change) => {
  expect((await world({ own, allowed: "E1" }).post(change)).status).toBe(200);
});

const [other, shop] = ["https://other.example.com/a", "https://shop.img.example.com/a"];
it.each([
  [{ url_list: [other] }, /^400 url_list: other.example.com belongs to the distribution E2, /],
  [{ cf_domain: E2.domain }, /^400 cf_domain: d2.cloudfront.net belongs to the distribution E2, /],
  // The wildcard of E1 covers it, and CloudFront gives the request to E2 all the same.
  [{ ...DOMAIN, url_list: [shop] }, /^400 url_list: shop.img.example.com belongs to the distribution E2, /],
  // No DNS server that a caller may choose keeps it from being checked.
  [{ url_list: ["https://unclear.example.org/a", other] }, /^400 url_list: other.example.com belongs to /],
  [{ cf_domain: "d9.cloudfront.net", url_list: [other] }, /^400 url_list: other.example.com belongs to /],
])("the stack's list of distributions refuses another of the account: %j", async (change, message) => {
  const refusal = refusalOf(await world({ own, allowed: "E1", fault: failing("dns.alias") }).post(change));
  expect(refusal).toMatch(message);
  expect(refusal).toMatch(/this deployment allows only E1/);
});

describe("a multi-tenant distribution", () => {
  const tenant = (n: number, ...aliases: string[]) => ({
    id: "E7",
    tenant: `dt_${n}`,
    domain: "d7.cloudfront.net",
    aliases,
  });
  const TENANTS = [
    { id: "E7", domain: "-", aliases: [], unserved: "multi-tenant distribution" as const },
    { id: "cg_1", domain: "d7.cloudfront.net", aliases: [], unserved: "connection group" as const },
    tenant(1, "one.example", "www.one.example"),
    tenant(2, "two.example"),
  ];
  const url_list = ["https://one.example/a", "https://www.one.example/a"];

  it.each([
    [{ cf_domain: "one.example" }, "*", /^200/],
    [{}, "dt_1", /^200/],
    [{}, "E7", /^400 url_list: one.example belongs to the distribution tenant dt_1, but .* allows only E7 /],
    [{ cf_domain: "d7.cloudfront.net" }, "*", /^400 cf_domain: .*routing endpoint of the connection group cg_1/],
    [
      { cf_domain: "two.example" },
      "*",
      /^400 cf_domain: the names of the distribution tenant dt_2 are two.example; one.exam/,
    ],
  ])("of which a tenant is named with %j, where the stack's list is %s: %s", async (change, allowed, expected) => {
    const { status, body } = await world({ own: TENANTS, allowed }).post({ url_list, ...change });
    expect(`${status} ${body["error_message"]}`).toMatch(expected);
  });

  it("whose tenants cannot be listed leaves hosts unchecked, and the warning says why", async () => {
    const own = [{ id: "E7", domain: "-", aliases: [], unlisted: "AccessDenied: no" }];
    const { body } = await world({ own }).post({ url_list, cf_domain: "one.example" });
    expect(body["warnings"]).toContainEqual(expect.stringMatching(/one.example is not a name of .*AccessDenied: no/));
  });

  it("whose tenants cannot be listed starts nothing for a wildcard that the stack allows", async () => {
    const owner = { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example"], unlisted: "AccessDenied: no" };
    const { post, made } = world({ own: [owner], allowed: "E1" });
    const { status, body } = await post({ url_list });
    expect(`${status} ${body["error_message"]}`).toMatch(/^400 url_list: it is unknown .*AccessDenied: no\)$/);
    expect(made()).toEqual(NOTHING);
  });
});

it("the stack's list of distributions makes nothing where the account's distributions cannot be listed", async () => {
  const { post, made } = world({ own, allowed: "E1", fault: failing("distributions.listFor") });
  expect((await post()).status).toBe(500);
  expect(made()).toEqual(NOTHING);
});
