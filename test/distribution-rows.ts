// What a user is told about each kind of distribution, in a table: one account has all of them. The API in this process
// (test/console/new/distribution-kinds.test.ts) and the deployed stack (test/e2e/rest/distributions.test.ts) are held against it.
import type { FindingCode } from "../domain/distribution/findings.ts";
import type { CloudFrontAccount } from "../tools/memory-aws/cloudfront-account.ts";
import {
  accountOf,
  DISTRIBUTION_KINDS,
  type DistributionKind,
  STAGING_HEADER,
} from "../tools/memory-aws/distribution-kinds.ts";
import { times } from "./collect.ts";

export const hostOf = (kind: DistributionKind) => `${kind}.example.com`;
const labelOf = (kind: DistributionKind, prefix = "d") => `${prefix}${kind.replaceAll("-", "")}.cloudfront.net`;

/** One account with all that several have. */
export function merged(...accounts: readonly CloudFrontAccount[]): CloudFrontAccount {
  const all = <T>(partOf: (account: CloudFrontAccount) => readonly T[] | undefined) =>
    accounts.flatMap((it) => partOf(it) ?? []);
  const byId = <T>(partOf: (account: CloudFrontAccount) => Readonly<Record<string, T>> | undefined) =>
    Object.fromEntries(accounts.flatMap((it) => Object.entries(partOf(it) ?? {})));
  return {
    distributions: all((it) => it.distributions),
    continuousDeploymentPolicies: byId((it) => it.continuousDeploymentPolicies),
    cachePolicies: byId((it) => it.cachePolicies),
    connectionGroups: all((it) => it.connectionGroups),
    tenants: all((it) => it.tenants),
    webAcls: all((it) => it.webAcls),
  };
}

/** A distribution of each kind, with its host as its one alias. */
export const ACCOUNT = merged(
  ...DISTRIBUTION_KINDS.map((kind) =>
    accountOf(kind, { id: `E1${kind}`, domain: labelOf(kind), aliases: [hostOf(kind)] }),
  ),
);

export const PATHS = ["/index.html", ...times(6, (i) => `/patch/${i + 1}`)];

/** A request for seven URLs at three POPs, with changes. */
export function bodyFor(kind: DistributionKind, changes: object = {}): Record<string, unknown> {
  const url_list = PATHS.map((path) => `https://${hostOf(kind)}${path}`);
  return { url_list, pops: ["FRA60-P1", "NRT57-P3", "SYD1-C1"], timeout: 60, instance_count: 1, ...changes };
}

const stagedOf = (kind: DistributionKind) => ({
  cf_domain: labelOf(kind, "dstaging"),
  url_list: [`https://${labelOf(kind, "dstaging")}/a`],
});
const header = [`${STAGING_HEADER.Header}: ${STAGING_HEADER.Value}`];
const tags = { invalidate: { tags: ["release-42"] } };

/** With which changes a request is told what. No code: nothing. */
export const ROWS: readonly (readonly [DistributionKind, changes: object, FindingCode | undefined, RegExp])[] = [
  ["standard", {}, undefined, /^$/],
  ["mtls", {}, "viewer_mtls", /E1mtls of mtls.example.com requires a client certificate .*Set viewer mTLS to optional/],
  ["disabled", {}, "disabled", /is disabled.*Enable it/],
  ["deploying", {}, "not_deployed", /is being deployed.*Wait until its status is Deployed/],
  ["staging", stagedOf("staging"), "staging", /is a staging distribution.*\["aws-cf-cd-staging: true"\]/],
  ["staging", { ...stagedOf("staging"), header }, "continuous_deployment", /is a staging distribution/],
  [
    "staging",
    {},
    "continuous_deployment",
    /This request warms only the primary distribution.*\["aws-cf-cd-staging: true"\]/,
  ],
  ["staging", { header }, "continuous_deployment", /aws-cf-cd-staging: true warm only the staging distribution/],
  ["staging-weight", {}, "continuous_deployment", /routes 10% of the downloads to it/],
  [
    "staging-weight",
    { ...stagedOf("staging-weight"), header },
    "staging",
    /10% of the primary distribution's requests/,
  ],
  [
    "tenants",
    { cf_domain: labelOf("tenants"), url_list: [`https://${labelOf("tenants")}/a`] },
    "template",
    /serves no traffic/,
  ],
  [
    "tenants",
    { url_list: [`https://${labelOf("tenants", "drouting")}/a`] },
    "routing_endpoint",
    /routing endpoint of .* cg_1/,
  ],
  ["tenants", {}, undefined, /^$/],
  ["waf-rate", {}, "web_acl", /web ACL limits .*rate-based rule requests-of-one-address.*Allow requests with a header/],
  ["waf-bot", {}, "web_acl", /Bot Control rule bot-control/],
  ["waf-classic", {}, "not_checked", /the web ACL of .* could not be read.*AWS WAF Classic/],
  ["price-class", {}, "price_class", /PriceClass_100.*2 of the POPs of this request: NRT57-P3, SYD1-C1/],
  [
    "price-class",
    { pops: undefined, regions: ["eu", "au"] },
    "price_class",
    /SYD.* are skipped, because CloudFront serves no viewers from them with PriceClass_100/,
  ],
  ["anycast", {}, "anycast_ips", /Anycast static IPs/],
  ["no-server-timing", {}, "server_timing", /hits of 7 URLs of the path pattern \* .*response headers policy/],
  ["no-server-timing", { verify: "off" }, undefined, /^$/],
  ["uncached", {}, "not_cached", /does not cache 6 URLs of the path pattern \/patch\/\* \((\S+ ){5}and 1 more\)/],
  ["query-strings", {}, "query_strings", /cache key of 7 URLs .* has all query strings/],
  ["cookies", {}, "cookies", /cache key of 7 URLs .* has the cookies plan.*header or variants/],
  ["signed", { url_list: [`https://${hostOf("signed")}/video/a`] }, "signed", /requires a signed URL/],
  ["origin-shield", {}, undefined, /^$/],
  ["error-ttl", {}, undefined, /^$/],
  ["tags", tags, undefined, /^$/],
  ["standard", tags, "cache_tags", /E1standard of .* has no CacheTagConfig.*or name paths/],
];
