// How a distribution's settings are read: from which calls, and what is said where one of them fails.
import type { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import type { WAFV2Client } from "@aws-sdk/client-wafv2";
import { DistributionSettingsReader } from "../../aws/distribution-settings.ts";
import { times } from "../collect.ts";
import { useVirtualClock } from "../virtual-clock.ts";
import { awsError, fakeClient, type Sent } from "./client.ts";

useVirtualClock();

const ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shield/acl-id";

const CONFIG = {
  Enabled: true,
  PriceClass: "PriceClass_200",
  WebACLId: ACL,
  ContinuousDeploymentPolicyId: "deploy",
  AnycastIpListId: "ips",
  ViewerMtlsConfig: { Mode: "required" },
  CacheTagConfig: { HeaderName: "cache-tag" },
  CustomErrorResponses: { Items: [{ ErrorCode: 404, ErrorCachingMinTTL: 60 }, { ErrorCode: 403 }] },
  Origins: {
    Items: [
      { Id: "shielded", OriginShield: { Enabled: true, OriginShieldRegion: "eu-west-1" } },
      { Id: "plain", OriginShield: { Enabled: false, OriginShieldRegion: "eu-west-1" } },
    ],
  },
  OriginGroups: { Items: [{ Id: "group", Members: { Items: [{ OriginId: "shielded" }, { OriginId: "plain" }] } }] },
  CacheBehaviors: {
    Items: [
      {
        PathPattern: "/old/*",
        TargetOriginId: "plain",
        MinTTL: 1,
        TrustedSigners: { Enabled: true },
        ForwardedValues: {
          QueryString: true,
          QueryStringCacheKeys: { Items: ["v"] },
          Cookies: { Forward: "whitelist", WhitelistedNames: { Items: ["id"] } },
          Headers: { Items: ["*"] },
        },
      },
      { PathPattern: "/api/*", TargetOriginId: "group", CachePolicyId: "off", ResponseHeadersPolicyId: "timing" },
    ],
  },
  DefaultCacheBehavior: { TargetOriginId: "shielded", CachePolicyId: "on", TrustedKeyGroups: { Enabled: true } },
};
const policy = (ttls: object, key: object = {}) => ({
  CachePolicy: { CachePolicyConfig: { ...ttls, ParametersInCacheKeyAndForwardedToOrigin: key } },
});
const KEY = {
  QueryStringsConfig: { QueryStringBehavior: "allExcept", QueryStrings: { Items: ["utm"] } },
  CookiesConfig: { CookieBehavior: "all" },
  HeadersConfig: { HeaderBehavior: "whitelist", Headers: { Items: ["Accept-Language"] } },
};
const TRAFFIC = { Type: "SingleHeader", SingleHeaderConfig: { Header: "aws-cf-cd-Blue", Value: "1" } };
const DEPLOYMENT = {
  Enabled: true,
  StagingDistributionDnsNames: { Items: ["D2.cloudfront.net"] },
  TrafficConfig: TRAFFIC,
};
const rule = (Name: string, Statement: object, counting: object = {}) => ({ Name, Statement, ...counting });
const BOTS = { ManagedRuleGroupStatement: { VendorName: "AWS", Name: "AWSManagedRulesBotControlRuleSet" } };

const ANSWERS: Readonly<Record<string, (input: { Id: string }) => unknown>> = {
  GetDistributionCommand: ({ Id }) => ({
    Distribution: { Id, DomainName: "d1.cloudfront.net", Status: "Deployed", DistributionConfig: CONFIG },
  }),
  GetCachePolicyCommand: ({ Id }) =>
    Id === "off" ? policy({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 0 }) : policy({ MinTTL: 100_000 }, KEY),
  GetResponseHeadersPolicyCommand: () => ({
    ResponseHeadersPolicy: { ResponseHeadersPolicyConfig: { ServerTimingHeadersConfig: { Enabled: true } } },
  }),
  GetContinuousDeploymentPolicyCommand: () => ({
    ContinuousDeploymentPolicy: { ContinuousDeploymentPolicyConfig: DEPLOYMENT },
  }),
  ListContinuousDeploymentPoliciesCommand: () => ({
    ContinuousDeploymentPolicyList: {
      Items: [DEPLOYMENT, { ...DEPLOYMENT, StagingDistributionDnsNames: { Items: ["d1.cloudfront.net"] } }].map(
        (it) => ({
          ContinuousDeploymentPolicy: { ContinuousDeploymentPolicyConfig: it },
        }),
      ),
    },
  }),
  GetWebACLCommand: () => ({
    WebACL: {
      Name: "shield",
      Rules: [
        rule("limit", { RateBasedStatement: {} }, { Action: { Block: {} } }),
        rule("counted", { RateBasedStatement: {} }, { Action: { Count: {} } }),
        rule("bots", BOTS, { OverrideAction: { None: {} } }),
        rule("counted bots", BOTS, { OverrideAction: { Count: {} } }),
        rule("common", { ManagedRuleGroupStatement: { VendorName: "AWS", Name: "AWSManagedRulesCommonRuleSet" } }),
      ],
      PreProcessFirewallManagerRuleGroups: [
        { Name: "company", FirewallManagerStatement: BOTS, OverrideAction: { None: {} } },
      ],
    },
  }),
};

/** @param change answers that are others */
function reader(change: Partial<typeof ANSWERS> = {}) {
  let now = 0;
  const answer = ({ name, input }: Sent) => ({ ...ANSWERS, ...change })[name]?.(input);
  const { client, sent } = fakeClient<CloudFrontClient & WAFV2Client>(answer);
  const regions: string[] = [];
  const waf = (region: string) => {
    regions.push(region);
    return client;
  };
  const warn = vi.fn();
  return {
    warn,
    settings: new DistributionSettingsReader({ cloudFront: client, waf, now: () => now, logger: { warn } }),
    calls: () => sent.map(({ name, input }) => `${name.replace(/Command$/, "")} ${input.Id ?? ""}`.trim()),
    regions,
    later: (ms: number) => {
      now += ms;
    },
  };
}

it("reads all that decides how a distribution can be warmed", async () => {
  const { settings, regions } = reader();
  const ttls = { minTtl: 100_000, defaultTtl: 100_000, maxTtl: 31_536_000 };
  expect(await settings.read({ id: "E1", withPolicies: true })).toEqual({
    id: "E1",
    domain: "d1.cloudfront.net",
    enabled: true,
    isDeployed: true,
    isTemplate: false,
    isStaging: false,
    continuousDeployment: {
      stagingDomains: ["d2.cloudfront.net"],
      traffic: { header: { name: "aws-cf-cd-blue", value: "1" } },
    },
    viewerMtls: "required",
    webAcl: {
      name: "shield",
      rules: [
        { name: "limit", kind: "rate-based" },
        { name: "bots", kind: "bot-control" },
        { name: "company", kind: "bot-control" },
      ],
    },
    priceClass: "PriceClass_200",
    hasAnycastIps: true,
    errorTtls: { 404: 60 },
    cacheTagHeader: "cache-tag",
    unread: [],
    behaviours: [
      {
        pathPattern: "/old/*",
        caching: {
          minTtl: 1,
          defaultTtl: 86_400,
          maxTtl: 31_536_000,
          queryStrings: { only: ["v"] },
          cookies: { only: ["id"] },
          headers: ["*"],
        },
        isSigned: true,
        hasServerTiming: false,
      },
      {
        pathPattern: "/api/*",
        caching: { minTtl: 0, defaultTtl: 0, maxTtl: 0, queryStrings: "none", cookies: "none", headers: [] },
        isSigned: false,
        hasServerTiming: true,
        originShieldRegion: "eu-west-1",
      },
      {
        pathPattern: "*",
        caching: { ...ttls, queryStrings: { allExcept: ["utm"] }, cookies: "all", headers: ["accept-language"] },
        isSigned: true,
        hasServerTiming: false,
        originShieldRegion: "eu-west-1",
      },
    ],
  });
  expect(regions).toEqual(["us-east-1"]);
});

const deployed = (config: object, Status = "Deployed") => ({
  GetDistributionCommand: ({ Id }: { Id: string }) => ({
    Distribution: { Id, DomainName: "d1.cloudfront.net", Status, DistributionConfig: { ...CONFIG, ...config } },
  }),
});
const OPEN = { ViewerMtlsConfig: { Mode: "optional" } };

it.each([
  ["disabled", deployed({ ...OPEN, Enabled: false })],
  ["being deployed", deployed(OPEN, "InProgress")],
  ["closed to viewers without a certificate", deployed({})],
  ["a staging one", deployed({ ...OPEN, Staging: true })],
])("asks again for a distribution that is %s, which its user may change", async (_, answers) => {
  const { settings, calls } = reader(answers);
  await settings.read({ id: "E1", withPolicies: true });
  await settings.read({ id: "E1", withPolicies: true });
  expect(calls().filter((call) => call === "GetDistribution E1")).toHaveLength(2);
});

it("keeps what it read for five minutes, and policies of other distributions with it", async () => {
  const { settings, calls, later } = reader(deployed(OPEN));
  await Promise.all([settings.read({ id: "E1", withPolicies: true }), settings.read({ id: "E1", withPolicies: true })]);
  const first = calls().length;
  later(299_999);
  await settings.read({ id: "E1", withPolicies: true });
  await settings.read({ id: "E2", withPolicies: true });
  expect(calls().slice(first)).toEqual(["GetDistribution E2"]);
  later(1);
  await settings.read({ id: "E1", withPolicies: true });
  expect(calls()).toHaveLength(2 * first + 1);
});

const DENIED =
  "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: cloudfront:Get on resource";
const denied = () => Promise.reject(Object.assign(awsError("AccessDenied"), { message: DENIED }));
const onlyFor = (id: string, call: string) => ({
  [call]: (input: { Id: string }) => (input.Id === id ? denied() : ANSWERS[call]?.(input)),
});
it.each([
  [
    "one cache policy",
    onlyFor("off", "GetCachePolicyCommand"),
    { part: "cache policy", id: "off" },
    { behaviours: [{ caching: { minTtl: 1 } }, { caching: undefined }, { caching: { minTtl: 100_000 } }] },
  ],
  [
    "a response headers policy",
    onlyFor("timing", "GetResponseHeadersPolicyCommand"),
    { part: "response headers policy", id: "timing" },
    { behaviours: [{}, { hasServerTiming: undefined }, { hasServerTiming: false }] },
  ],
  [
    "the continuous deployment policy",
    { GetContinuousDeploymentPolicyCommand: denied },
    { part: "continuous deployment policy" },
    { continuousDeployment: undefined },
  ],
  ["the web ACL", { GetWebACLCommand: denied }, { part: "web ACL" }, { webAcl: undefined }],
])("where %s is denied, the rest is told, and it is asked for again the next time", async (_, change, part, rest) => {
  const { settings, calls, warn } = reader(change);
  const unread = [{ ...part, why: "cloudfront:Get is not allowed" }];
  expect(await settings.read({ id: "E1", withPolicies: true })).toMatchObject({
    ...rest,
    unread,
    viewerMtls: "required",
  });
  expect(warn.mock.calls).toMatchObject([[expect.anything(), { error: { message: DENIED } }]]);
  const first = calls().length;
  await settings.read({ id: "E1", withPolicies: true });
  expect(calls().slice(first)).toContain("GetDistribution E1");
});

it("does not wait for a call that another one hangs in, and keeps none that takes too long", async () => {
  let isHung = true;
  const { settings } = reader({
    GetCachePolicyCommand: (input) =>
      isHung && input.Id === "off" ? new Promise(() => undefined) : ANSWERS["GetCachePolicyCommand"]?.(input),
  });
  const unread = [{ part: "cache policy", id: "off", why: "no response within 2 s" }];
  expect(await settings.read({ id: "E1", withPolicies: true })).toMatchObject({
    unread,
    behaviours: [{}, {}, { caching: { minTtl: 100_000 } }],
  });
  isHung = false;
  expect(await settings.read({ id: "E1", withPolicies: true })).toMatchObject({ unread: [] });
});

it("asks for each policy, however many others hang", async () => {
  const ids = [..."123456", "on"];
  const behaviours = ids.map((CachePolicyId) => ({ PathPattern: `/${CachePolicyId}/*`, CachePolicyId }));
  const { settings } = reader({
    ...deployed({ ...CONFIG, CacheBehaviors: { Items: behaviours } }),
    GetCachePolicyCommand: (input) =>
      input.Id === "on" ? ANSWERS["GetCachePolicyCommand"]?.(input) : new Promise(() => undefined),
  });
  const unread = ids.slice(0, -1).map((id) => ({ part: "cache policy", id, why: "no response within 2 s" }));
  expect(await settings.read({ id: "E1", withPolicies: true })).toMatchObject({ unread });
});

it.each([
  ["its web ACL is another", { webAcl: ACL }, "", { webAcl: { name: "shield" }, unread: [] }],
  ["it has none", { webAcl: "disabled" }, ACL, { webAcl: undefined, unread: [] }],
  ["its web ACL cannot be read", { webAcl: "d4c2" }, ACL, { webAcl: undefined, unread: [{ part: "web ACL" }] }],
  ["it is not deployed", { isDeployed: false, hasAnycastIps: true }, ACL, { isDeployed: false, hasAnycastIps: true }],
  ["its group has no Anycast IPs", {}, ACL, { isDeployed: true, hasAnycastIps: false, webAcl: { name: "shield" } }],
])("a tenant has the settings of its distribution, but that %s", async (_, tenant, WebACLId, expected) => {
  const { settings } = reader(deployed({ ...OPEN, WebACLId }));
  const query = { id: "E1", settings: { isDeployed: true, hasAnycastIps: false, ...tenant }, withPolicies: true };
  expect(await settings.read(query)).toMatchObject(expected);
});

it("asks again for a distribution without cache tags where they are needed", async () => {
  const { settings, calls } = reader(deployed({ ...OPEN, CacheTagConfig: undefined }));
  for (const needsTags of [true, true, false, false]) await settings.read({ id: "E1", needsTags, withPolicies: true });
  expect(calls().filter((call) => call === "GetDistribution E1")).toHaveLength(3);
});

it("fails where the distribution itself cannot be read, and not for ever", async () => {
  let isDenied = true;
  const { settings } = reader({
    GetDistributionCommand: (input) => (isDenied ? denied() : ANSWERS["GetDistributionCommand"]?.(input)),
  });
  await expect(settings.read({ id: "E1", withPolicies: true })).rejects.toThrow(DENIED);
  isDenied = false;
  expect(await settings.read({ id: "E1", withPolicies: true })).toMatchObject({ id: "E1" });
});

const configured = (config: object) => ({
  GetDistributionCommand: ({ Id }: { Id: string }) => ({
    Distribution: {
      Id,
      DomainName: "d1.cloudfront.net",
      Status: "InProgress",
      DistributionConfig: { ...CONFIG, WebACLId: "", ContinuousDeploymentPolicyId: "", ...config },
    },
  }),
});
it.each([
  [
    "a staging distribution has the policy that names it",
    { Staging: true },
    { isStaging: true, isDeployed: false, continuousDeployment: { stagingDomains: ["d1.cloudfront.net"] } },
  ],
  [
    "a multi-tenant one is a template",
    { ConnectionMode: "tenant-only", PriceClass: "None" },
    { isTemplate: true, priceClass: "PriceClass_All", continuousDeployment: undefined },
  ],
  [
    "a web ACL of AWS WAF Classic is not read",
    { WebACLId: "d4c2" },
    { unread: [{ part: "web ACL", why: expect.stringContaining("Classic") }] },
  ],
])("%s", async (_, config, expected) => {
  expect(await reader(configured(config)).settings.read({ id: "E1", withPolicies: true })).toMatchObject(expected);
});

it.each([1, 2, 3, 5])("the policy of a staging distribution is found on page %i of the list", async (page) => {
  const domains = times(5, (n) => (n + 1 === page ? "d1.cloudfront.net" : `other${n}.cloudfront.net`));
  const asked: (string | undefined)[] = [];
  const { settings } = reader({
    ...configured({ Staging: true }),
    ListContinuousDeploymentPoliciesCommand: ({ Marker }: { Id: string; Marker?: string }) => {
      const at = asked.length;
      if (Marker !== (at === 0 ? undefined : `page${at}`)) throw new Error(`no page has the marker ${Marker}`);
      asked.push(Marker);
      const it = { ...DEPLOYMENT, StagingDistributionDnsNames: { Items: [domains[at]] } };
      const Items = [{ ContinuousDeploymentPolicy: { ContinuousDeploymentPolicyConfig: it } }];
      // CloudFront ends a list without a marker, or with an empty one.
      return { ContinuousDeploymentPolicyList: { Items, NextMarker: at < 4 ? `page${at + 1}` : "" } };
    },
  });
  const read = await settings.read({ id: "E1", withPolicies: true });
  expect(read).toMatchObject({ continuousDeployment: { stagingDomains: ["d1.cloudfront.net"] }, unread: [] });
  expect(asked).toHaveLength(page);
});

it("a policy that is not enabled is none, and a weight is a share", async () => {
  const of = async (change: object) =>
    (
      await reader({
        GetContinuousDeploymentPolicyCommand: () => ({
          ContinuousDeploymentPolicy: { ContinuousDeploymentPolicyConfig: { ...DEPLOYMENT, ...change } },
        }),
      }).settings.read({ id: "E1", withPolicies: true })
    ).continuousDeployment?.traffic;
  expect(await of({ Enabled: false })).toBeUndefined();
  expect(await of({ TrafficConfig: { SingleWeightConfig: { Weight: 0.05 } } })).toEqual({ weight: 0.05 });
});

const PLAIN = {
  caching: {
    minTtl: 0,
    defaultTtl: 86_400,
    maxTtl: 31_536_000,
    queryStrings: "none",
    cookies: "none",
    headers: [],
  },
  isSigned: false,
  hasServerTiming: false,
  originShieldRegion: undefined,
};

it("takes what CloudFront leaves out for its default", async () => {
  const { settings } = reader({
    GetDistributionCommand: () => ({
      Distribution: {
        DistributionConfig: {
          WebACLId: ACL,
          ContinuousDeploymentPolicyId: "deploy",
          CacheBehaviors: { Items: [{}, { PathPattern: "/q/*", ForwardedValues: { QueryString: true } }] },
          DefaultCacheBehavior: { CachePolicyId: "on", ResponseHeadersPolicyId: "timing" },
        },
      },
    }),
    GetCachePolicyCommand: () => ({ CachePolicy: { CachePolicyConfig: {} } }),
    GetResponseHeadersPolicyCommand: () => ({}),
    GetContinuousDeploymentPolicyCommand: () => ({
      ContinuousDeploymentPolicy: { ContinuousDeploymentPolicyConfig: { Enabled: true } },
    }),
    GetWebACLCommand: () => ({}),
  });
  expect(await settings.read({ id: "E1", withPolicies: true })).toMatchObject({
    id: "",
    domain: "",
    enabled: false,
    isDeployed: false,
    continuousDeployment: { stagingDomains: [], traffic: { weight: 0 } },
    webAcl: { name: "", rules: [] },
    priceClass: "PriceClass_All",
    hasAnycastIps: false,
    errorTtls: {},
    behaviours: [
      { ...PLAIN, pathPattern: "*" },
      { ...PLAIN, pathPattern: "/q/*", caching: { ...PLAIN.caching, queryStrings: "all" } },
      { ...PLAIN, pathPattern: "*" },
    ],
    unread: [],
  });
});

it.each([
  ["no distribution", {}],
  ["no configuration", { Distribution: {} }],
])("fails where CloudFront answers with %s", async (what, answer) => {
  const { settings } = reader({ GetDistributionCommand: () => answer });
  await expect(settings.read({ id: "E1", withPolicies: true })).rejects.toThrow(`CloudFront returned ${what}`);
});

it("looks for the policy of a staging distribution on all pages", async () => {
  const pages: readonly object[] = [{ NextMarker: "2" }, { Items: [], NextMarker: "3" }];
  let page = 0;
  const { settings, calls } = reader({
    ...configured({ Staging: true }),
    ListContinuousDeploymentPoliciesCommand: () => ({ ContinuousDeploymentPolicyList: pages[page++] }),
  });
  expect((await settings.read({ id: "E1", withPolicies: true })).continuousDeployment).toBeUndefined();
  expect(calls().filter((call) => call.startsWith("ListContinuous"))).toHaveLength(3);
});
