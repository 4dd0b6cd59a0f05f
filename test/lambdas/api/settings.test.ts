// What POST /prewarm does about how the distribution is configured. The texts: test/domain/distribution/findings.test.ts.
import { times } from "../../collect.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { PLAIN_BEHAVIOUR } from "../fakes/services.ts";
import { request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { BODY, NOTHING, refusalOf, world } from "./world.ts";

useVirtualClock();

const {
  caching: CACHING = { minTtl: 0, defaultTtl: 0, maxTtl: 0, queryStrings: "none", cookies: "none", headers: [] },
} = PLAIN_BEHAVIOUR;

it.each([{}, { cf_domain: "d1.cloudfront.net" }, { dry_run: true }])(
  "a refusal is a 400 that makes nothing, with the URLs that led there: %j",
  async (change) => {
    const { post, made } = world({ settings: { viewerMtls: "required" } });
    const answer = await post(change);
    expect(refusalOf(answer)).toMatch(/^400 viewer_mtls: the distribution E1 .* requires a client certificate/);
    expect(answer.body["error_urls"]).toEqual("cf_domain" in change ? [] : BODY.url_list);
    expect(made()).toEqual(NOTHING);
  },
);

it("a refusal of the distribution that sources alone name makes nothing", async () => {
  const { post, made } = world({ settings: { viewerMtls: "required" } });
  const sources = [{ type: "list", url: "https://cdn.example.com/list" }];
  expect(refusalOf(await post({ url_list: undefined, sources }))).toMatch(/^400 viewer_mtls: /);
  expect(made()).toEqual(NOTHING);
});

it.each([{}, { dry_run: true }])(
  "warnings come behind the others, and keep nothing from beginning: %j",
  async (change) => {
    const { post, requests } = world({ settings: { priceClass: "PriceClass_100", errorTtls: { 404: 60 } } });
    const { status, body } = await post({ pops: ["NRT57-P3"], regions: ["jp"], target_type: "pop", ...change });
    expect(status).toBe(200);
    expect(body["warnings"]).toEqual([
      expect.stringMatching(/^regions: ignored/),
      expect.stringMatching(/^price_class: .*NRT57-P3/),
    ]);
    const stored = {
      id: "E1",
      price_class: "PriceClass_100",
      error_ttls: { 404: 60 },
      behaviours: [{ path_pattern: "*" }],
    };
    expect(requests.all().map((it) => it.distribution_settings)).toEqual("dry_run" in change ? [] : [[stored]]);
  },
);

it("POPs of other price classes are left out of regions, and an estimate lists them", async () => {
  const { post, requests } = world({ settings: { priceClass: "PriceClass_100" } });
  const where = { pops: undefined, regions: ["jp", "ca"] };
  const { body } = await post(where);
  expect(requests.the("new-id").pops).toEqual(["YUL62-C2", "YUL62-C1"]);
  expect(body["warnings"]).toEqual([expect.stringMatching(/^price_class: 2 of 4 POPs .*NRT51-P2/)]);
  const estimated = await post({ ...where, dry_run: true });
  const pops = { count: 2, excluded: ["NRT51-P2", "NRT57-P3"] };
  expect(estimated.body).toMatchObject({ estimate: { pops }, warnings: body["warnings"] });
  expect(refusalOf(await post({ pops: undefined, regions: ["jp"] }))).toMatch(/^400 price_class: /);
});

const UNCACHED = {
  behaviours: [
    { ...PLAIN_BEHAVIOUR, pathPattern: "/api/*", caching: { ...CACHING, minTtl: 0, defaultTtl: 0, maxTtl: 0 } },
    { ...PLAIN_BEHAVIOUR, originShieldRegion: "us-west-2" },
  ],
};

it("what is not cached is left out if that is wanted, and listed", async () => {
  const { post, lists } = world({ settings: UNCACHED });
  const [kept, uncached] = ["https://cdn.example.com/a", "https://cdn.example.com/api/b"];
  const { body } = await post({ url_list: [kept, uncached], skip_uncached: true });
  expect(lists.objects["new-id.csv"]).toEqual([[kept]]);
  expect(body["skipped_urls"]).toEqual([uncached]);
  expect(body["warnings"]).toEqual([expect.stringMatching(/^skip_uncached: 1 of 2 URLs/)]);
  expect((await post({ url_list: [kept, uncached] })).body).not.toHaveProperty("skipped_urls");
  expect(refusalOf(await post({ url_list: [uncached], skip_uncached: true }))).toMatch(/^400 skip_uncached: /);
});

it("an estimate counts Origin Shield and what is not cached", async () => {
  const { post } = world({ settings: UNCACHED });
  const url_list = ["https://cdn.example.com/a", "https://cdn.example.com/api/b"];
  const { body } = await post({ url_list, dry_run: true });
  // Two POPs of two RECs: once for the one, and two downloads and a check at both for the other.
  expect(body["estimate"]).toMatchObject({
    origin_fetches: {
      expected: 1 + 6,
      origin_shield: ["us-west-2"],
      uncached: { urls: 1, fetches: 6, examples: [url_list[1]] },
    },
  });
});

it.each([
  [400, { timeout: 0 }, {}],
  [400, { dry_run: true, instance_count: 300 }, {}],
  [400, { cf_domain: "d1.cloudfront.net", url_list: ["https://example.org/"] }, {}],
])("a request that another check has refused with %i reads no settings: %j", async (status, change, given) => {
  const { post, calls } = world(given);
  expect((await post(change)).status).toBe(status);
  expect(calls).not.toContain("settings.read");
});

it.each([{}, { dry_run: true }, { cf_domain: "d1.cloudfront.net" }])(
  "a request beyond the limit of active ones asks CloudFront nothing, also where distributions are restricted: %j",
  async (change) => {
    const { post, calls } = world({ caps: { maxActiveRequests: 1 }, items: [request()], allowed: "E1" });
    expect(refusalOf(await post(change))).toMatch(/maxActiveRequests/);
    expect(calls.filter((call) => /^(settings|distributions)/.test(call))).toEqual([]);
  },
);

it.each([
  [
    "settings.read",
    /^not_checked: the configuration of the distribution E1 of cdn.example.com could not be read.*settings.read/,
  ],
  ["distributions.listFor", /^not_checked: the distributions of the account could not be read/],
])("where %s fails, a warning says so, and the request begins", async (call, warning) => {
  const { post, requests } = world({ fault: failing(call) });
  expect((await post()).body["warnings"]).toEqual([expect.stringMatching(warning)]);
  expect(requests.the("new-id").distribution_settings).toBeUndefined();
});

it("a tenant that is disabled is refused by the account's list alone", async () => {
  const tenant = { id: "E7", tenant: "dt_1", domain: "d7.cloudfront.net", aliases: ["cdn.example.com"] };
  const { post, times: timesOf } = world({ own: [{ ...tenant, unserved: "disabled tenant" }] });
  expect(refusalOf(await post())).toMatch(/^400 disabled: cdn.example.com belongs to the distribution tenant dt_1, /);
  expect(timesOf("settings.read")).toBe(0);
});

it("is not waited for longer than four seconds", async () => {
  const { post, settings } = world();
  settings.read = () => new Promise(() => undefined);
  const before = performance.now();
  expect((await post()).body["warnings"]).toEqual([expect.stringMatching(/^not_checked: .*no response within/)]);
  expect(performance.now() - before).toBeLessThan(4_500);
});

it("reads five distributions, and names those that it does not read", async () => {
  const own = times(7, (i) => ({ id: `E${i}`, domain: `d${i}.cloudfront.net`, aliases: [`h${i}.example`] }));
  const { post, times: timesOf } = world({ own, settings: { behaviours: [PLAIN_BEHAVIOUR] } });
  const url_list = times(7, (i) => `https://h${i}.example/`);
  expect((await post({ url_list })).body["warnings"]).toEqual([expect.stringMatching(/^not_checked: .* E5, E6 /)]);
  expect(timesOf("settings.read")).toBe(5);
});

it("a call with a token that has made a request before reads nothing, and finds it however the distribution is now", async () => {
  const { post, settings } = world();
  const client_token = "once";
  const first = await post({ client_token });
  settings.changes = { enabled: false };
  expect((await post({ client_token })).body["request_id"]).toBe(first.body["request_id"]);
});

it("of a retry, the distributions of the request before are read", async () => {
  const before = request({
    active: undefined,
    status: "FINISHED",
    report: "r1/report.csv",
    distributions: [{ label: "d1", id: "E1", domain: "d1.cloudfront.net", names: [], hosts: ["cdn.example.com"] }],
  });
  const { call } = world({ items: [before], settings: { enabled: false } });
  const answer = await call("POST /prewarm", { retry_of: before.req_id, timeout: 5, instance_count: 1 });
  expect(refusalOf(answer)).toMatch(/disabled: the distribution E1|retry_of/);
});
