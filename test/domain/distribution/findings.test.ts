// What is refused and what is warned of, by the settings of the distribution and by what the request wants.
import { FINDINGS, findingsOf, findingText, type WantedWarming } from "../../../domain/distribution/findings.ts";
import type { CacheBehaviour, DistributionSettings } from "../../../domain/distribution/settings.ts";
import { times } from "../../collect.ts";
import { PLAIN_BEHAVIOUR, plainSettings } from "../../lambdas/fakes/services.ts";

const WANTED: WantedWarming = {
  name: "cdn.example.com",
  urls: times(7, (i) => `https://cdn.example.com/api/${i}.js`),
  pops: ["FRA60-P1", "NRT57-P3", "SYD1-C1"],
  variants: [[["accept", "*/*"]]],
  isVerified: true,
};
const CACHING = PLAIN_BEHAVIOUR.caching as NonNullable<CacheBehaviour["caching"]>;
const HEADER = { name: "aws-cf-cd-staging", value: "yes" };
const STAGING = ["d2.cloudfront.net"];
const byHeader = { stagingDomains: STAGING, traffic: { header: HEADER } };
const byWeight = { stagingDomains: STAGING, traffic: { weight: 0.055 } };
const sent: Partial<WantedWarming> = { variants: [[[HEADER.name, HEADER.value]]] };

/** A behaviour for /api/*, before a default of which nothing is to be said. */
const api = (change: Partial<CacheBehaviour>) => ({
  behaviours: [{ ...PLAIN_BEHAVIOUR, pathPattern: "/api/*", ...change }, PLAIN_BEHAVIOUR],
});
const cachingApi = (change: Partial<typeof CACHING>) => api({ caching: { ...CACHING, ...change } });
const textsOf = (settings: Partial<DistributionSettings>, wanted: Partial<WantedWarming> = {}) =>
  findingsOf(plainSettings(settings), { ...WANTED, ...wanted }).map(findingText);

const SIGNED_URL = "https://cdn.example.com/api/a?Expires=1&Signature=x&Key-Pair-Id=K";
const SIGNED_COOKIE = "CloudFront-Policy=p; CloudFront-Signature=s; CloudFront-Key-Pair-Id=K";
const FIVE =
  /^\w+: .*7 URLs of the path pattern \/api\/\* \(\S+0\.js, \S+1\.js, \S+2\.js, \S+3\.js, \S+4\.js and 2 more\)/;

it.each<[what: string, settings: Partial<DistributionSettings>, wanted: Partial<WantedWarming>, RegExp[]]>([
  ["nothing special", {}, {}, []],
  ["required mTLS", { viewerMtls: "required" }, {}, [/^viewer_mtls: .*E1 of cdn.example.com.*optional/]],
  ["optional mTLS", { viewerMtls: "optional" }, {}, []],
  ["disabled", { enabled: false, isDeployed: false }, {}, [/^disabled: .*Enable it/]],
  ["being deployed", { isDeployed: false }, {}, [/^not_deployed: .*Wait until/]],
  [
    "a template",
    { isTemplate: true },
    { name: "d1.cloudfront.net" },
    [/^template: .*E1 \(d1.cloudfront.net\).*serves no traffic/],
  ],
  ["tags without a header", {}, { hasTags: true }, [/^cache_tags: .*E1 of cdn.example.com.*CacheTagConfig/]],
  ["tags with a header", { cacheTagHeader: "cache-tag" }, { hasTags: true }, []],
  ["the template of a tenant", { isTemplate: true }, { tenant: "dt_1" }, []],
  [
    "staging without its header",
    { isStaging: true, continuousDeployment: byHeader },
    {},
    [/^staging: .*\["aws-cf-cd-staging: yes"\]/],
  ],
  [
    "staging with its header in one of two variants",
    { isStaging: true, continuousDeployment: byHeader },
    { variants: [[], [[HEADER.name, HEADER.value]]] },
    [/^staging: /],
  ],
  [
    "staging with its header",
    { isStaging: true, continuousDeployment: byHeader },
    sent,
    [/^continuous_deployment: .*primary/],
  ],
  ["staging by weight", { isStaging: true, continuousDeployment: byWeight }, sent, [/^staging: .*5\.5%.*header-based/]],
  ["staging without a policy", { isStaging: true }, sent, [/^staging: .*Enable a continuous deployment policy/]],
  [
    "staging with a policy that cannot be read",
    { isStaging: true, unread: [{ part: "continuous deployment policy", why: "AccessDenied" }] },
    sent,
    [/^not_checked: the continuous deployment policy/],
  ],
  [
    "continuous deployment by weight",
    { continuousDeployment: byWeight },
    {},
    [/^continuous_deployment: .*d2.cloudfront.net.*5\.5%.*Disable/],
  ],
  [
    "continuous deployment by header",
    { continuousDeployment: byHeader },
    {},
    [/warms only the primary distribution.*\["aws-cf-cd-staging: yes"\]/],
  ],
  [
    "continuous deployment with the header",
    { continuousDeployment: byHeader },
    sent,
    [/aws-cf-cd-staging: yes warm only the staging distribution/],
  ],
  ["a web ACL without such rules", { webAcl: { name: "acl", rules: [] } }, {}, []],
  [
    "a web ACL with such rules",
    {
      webAcl: {
        name: "acl",
        rules: [
          { name: "limit", kind: "rate-based" },
          { name: "bots", kind: "bot-control" },
        ],
      },
    },
    {},
    [
      /^web_acl: the web ACL acl .*rate-based rule limit.*header that only you know/,
      /^web_acl: .*Bot Control rule bots/,
    ],
  ],
  [
    "a price class",
    { priceClass: "PriceClass_100" },
    {},
    [/^price_class: .*PriceClass_100.*2 of the POPs of this request: NRT57-P3, SYD1-C1\./],
  ],
  ["a price class of all POPs that are asked for", { priceClass: "PriceClass_100" }, { pops: ["FRA60-P1"] }, []],
  ["Anycast static IPs", { hasAnycastIps: true }, {}, [/^anycast_ips: /]],
  [
    "a part that cannot be read",
    { unread: [{ part: "web ACL", why: `AccessDenied: ${"x".repeat(300)}` }] },
    {},
    [/^not_checked: the web ACL of .*\(AccessDenied: x{180,190}\)/],
  ],
  ["no caching", cachingApi({ maxTtl: 0, queryStrings: "all" }), {}, [FIVE]],
  ["all headers in the key", cachingApi({ headers: ["*"] }), {}, [/^not_cached: /]],
  ["no caching elsewhere", cachingApi({ maxTtl: 0 }), { urls: ["https://cdn.example.com/a.js"] }, []],
  ["a cache policy that cannot be read", api({ caching: undefined }), {}, []],
  [
    "all query strings in the key",
    cachingApi({ queryStrings: "all" }),
    {},
    [/^query_strings: .* has all query strings: /],
  ],
  [
    "some query strings in the key",
    cachingApi({ queryStrings: { only: ["v", "w"] } }),
    {},
    [/^query_strings: .* has the query strings v, w: /],
  ],
  [
    "cookies in the key",
    cachingApi({ cookies: { allExcept: ["x"] } }),
    {},
    [/^cookies: .* has all cookies but x: .*variants/],
  ],
  ["signatures", api({ isSigned: true }), {}, [/^signed: /]],
  ["signed URLs", api({ isSigned: true }), { urls: [SIGNED_URL] }, []],
  ["signed cookies", api({ isSigned: true }), { variants: [[["cookie", SIGNED_COOKIE]]] }, []],
  [
    "signed cookies in one of two variants",
    api({ isSigned: true }),
    { variants: [[], [["cookie", SIGNED_COOKIE]]] },
    [/^signed: /],
  ],
  [
    "no Server-Timing",
    api({ hasServerTiming: false }),
    {},
    [/^server_timing: .*any sampling rate\) to the cache behavior$/],
  ],
  ["no Server-Timing, and no proof", api({ hasServerTiming: false }), { isVerified: false }, []],
  ["no Server-Timing that is known", api({ hasServerTiming: undefined }), {}, []],
])("%s", (_, settings, wanted, expected) => {
  expect(textsOf(settings, wanted)).toEqual(expected.map((text) => expect.stringMatching(text)));
});

it("tells five path patterns of a kind by themselves, and names the others", () => {
  const urls = times(8, (i) => `https://cdn.example.com/${i}/a`);
  const behaviours = times(8, (i) => ({ ...PLAIN_BEHAVIOUR, pathPattern: `/${i}/*`, isSigned: true }));
  const texts = textsOf({ behaviours: [...behaviours, PLAIN_BEHAVIOUR] }, { urls });
  expect(texts).toHaveLength(6);
  expect(texts[5]).toContain("path patterns: /5/*, /6/*, /7/*");
});

it("of a refusal, nothing else is told", () => {
  const [finding, ...others] = findingsOf(plainSettings({ enabled: false, hasAnycastIps: true }), WANTED);
  expect([finding && FINDINGS[finding.code], others]).toEqual(["refusal", []]);
});
