// What POST /prewarm does about how the distribution is configured. The texts: test/domain/distribution/findings.test.ts.
import { expect, it } from "vitest";
import { times } from "../../collect.ts";
import { useVirtualClock } from "../../virtual-clock.ts";
import { PLAIN_BEHAVIOUR } from "../fakes/services.ts";
import { request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { BODY, NOTHING, refusalOf, world } from "./world.ts";

useVirtualClock();

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

it.each([
  [400, { timeout: 0 }, {}],
  [400, { dry_run: true, instance_count: 300 }, {}],
  [400, { cf_domain: "d1.cloudfront.net", url_list: ["https://example.org/"] }, {}],
  [400, {}, { caps: { maxActiveRequests: 1 }, items: [request()] }],
])("a request that another check has refused with %i reads no settings: %j", async (status, change, given) => {
  const { post, calls } = world(given);
  expect((await post(change)).status).toBe(status);
  expect(calls).not.toContain("settings.read");
});

it.each([
  [
    "settings.read",
    /^not_checked: the configuration of the distribution E1 of cdn.example.com could not be read.*settings.read/,
  ],
  ["distributions.own", /^not_checked: the distributions of the account could not be read/],
])("where %s fails, a warning says so, and the request begins", async (call, warning) => {
  const { post, requests } = world({ fault: failing(call) });
  expect((await post()).body["warnings"]).toEqual([expect.stringMatching(warning)]);
  expect(requests.the("new-id").distribution_settings).toBeUndefined();
});

it.each([
  [{}, "about 8 requests are less than 0.1% of the 1 million"],
  [
    { verify: "off", url_list: times(60_000, (i) => `https://cdn.example.com/${i}`) },
    "about 120000 requests are 12% of the 1 million",
  ],
])("an estimate tells the share of a flat-rate plan that the request uses: %#", async (change, text) => {
  const { post } = world({ flatRateRequests: 1e6 });
  const { body } = await post({ dry_run: true, ...change });
  expect(body["warnings"]).toContainEqual(expect.stringContaining(text));
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
  expect((await post()).body["warnings"]).toEqual([expect.stringMatching(/^not_checked: .*no answer within/)]);
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
