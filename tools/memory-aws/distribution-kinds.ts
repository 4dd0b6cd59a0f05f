// Distributions of each kind that a cache warmer must handle otherwise, as data.
import type { DistributionConfig } from "@aws-sdk/client-cloudfront";
import type { Rule } from "@aws-sdk/client-wafv2";
import {
  behaviour,
  behaviourFor,
  CACHING_DISABLED,
  type CloudFrontAccount,
  cachePolicy,
  inKey,
  listed,
  type MemoryDistribution,
  ORIGIN,
  webAclArn,
} from "./cloudfront-account.ts";

/** The distribution to make: the standard one, of which each kind is a change. */
type Basis = Pick<MemoryDistribution, "id" | "domain" | "aliases">;

/** Requests with this header get the staging distribution of the kind `staging`. */
export const STAGING_HEADER = { Header: "aws-cf-cd-staging", Value: "true" };
/** The header in which objects of the kind `tags` have their tags. */
export const TAG_HEADER = "cache-tag";
const WEB_ACL_ID = "a1b2c3d4-5678-90ab-cdef-000000000001";
/** Of cache policies and continuous deployment policies; each is one of the account's. */
const POLICY_ID = "b2c3d4e5-6789-40ab-8def-00000000000";

const KINDS = {
  standard: (basis) => only(basis, {}),
  staging: (basis) => staged(basis, `${POLICY_ID}1`, { Type: "SingleHeader", SingleHeaderConfig: STAGING_HEADER }),
  "staging-weight": (basis) =>
    staged(basis, `${POLICY_ID}2`, { Type: "SingleWeight", SingleWeightConfig: { Weight: 0.1 } }),
  mtls: (basis) =>
    only(basis, {
      DefaultCacheBehavior: behaviour({ ViewerProtocolPolicy: "https-only" }),
      ViewerMtlsConfig: { Mode: "required", TrustStoreConfig: { TrustStoreId: "ts_1" } },
    }),
  disabled: (basis) => only(basis, { Enabled: false }),
  deploying: (basis) => ({ distributions: [{ ...basis, status: "InProgress" }] }),
  "waf-rate": (basis) =>
    guarded(basis, "limits", {
      Name: "requests-of-one-address",
      Statement: { RateBasedStatement: { Limit: 2_000, AggregateKeyType: "IP", EvaluationWindowSec: 300 } },
      Action: { Block: {} },
    }),
  "waf-bot": (basis) =>
    guarded(basis, "bots", {
      Name: "bot-control",
      Statement: { ManagedRuleGroupStatement: { VendorName: "AWS", Name: "AWSManagedRulesBotControlRuleSet" } },
      OverrideAction: { None: {} },
    }),
  "waf-classic": (basis) => only(basis, { WebACLId: WEB_ACL_ID }),
  "price-class": (basis) => only(basis, { PriceClass: "PriceClass_100" }),
  anycast: (basis) => only(basis, { AnycastIpListId: "aipl_1", IsIPV6Enabled: false }),
  "origin-shield": (basis) =>
    only(basis, {
      Origins: listed([{ ...ORIGIN, OriginShield: { Enabled: true, OriginShieldRegion: "eu-central-1" } }]),
    }),
  "error-ttl": (basis) =>
    only(basis, {
      CustomErrorResponses: listed([
        { ErrorCode: 404, ErrorCachingMinTTL: 60, ResponsePagePath: "", ResponseCode: "" },
        { ErrorCode: 500, ErrorCachingMinTTL: 3_600, ResponsePagePath: "", ResponseCode: "" },
        { ErrorCode: 503, ErrorCachingMinTTL: 0, ResponsePagePath: "", ResponseCode: "" },
      ]),
    }),
  "no-server-timing": (basis) => only(basis, { DefaultCacheBehavior: without(behaviour(), "ResponseHeadersPolicyId") }),
  uncached: (basis) =>
    only(basis, { CacheBehaviors: listed([behaviourFor("/patch/*", { CachePolicyId: CACHING_DISABLED })]) }),
  "query-strings": (basis) => keyed(basis, `${POLICY_ID}3`, { queryStrings: "all", encodings: [] }),
  cookies: (basis) => keyed(basis, `${POLICY_ID}4`, { cookies: ["plan"], encodings: [] }),
  signed: (basis) => {
    const keys = { Enabled: true, ...listed(["key-group-1"]) };
    return only(basis, { CacheBehaviors: listed([behaviourFor("/video/*", { TrustedKeyGroups: keys })]) });
  },
  tenants,
  tags: (basis) => only(basis, { CacheTagConfig: { HeaderName: TAG_HEADER } }),
} satisfies Readonly<Record<string, (basis: Basis) => CloudFrontAccount>>;

export type DistributionKind = keyof typeof KINDS;
export const DISTRIBUTION_KINDS = Object.keys(KINDS) as DistributionKind[];

/** An account with a distribution of a kind, and with what belongs to it. Of a tenant, the first alias is the domain. */
export function accountOf(kind: DistributionKind, basis: Basis): CloudFrontAccount {
  return KINDS[kind](basis);
}

function only(basis: Basis, config: Partial<DistributionConfig>): CloudFrontAccount {
  return { distributions: [{ ...basis, config }] };
}

function without<T extends object, K extends keyof T>(whole: T, name: K): Omit<T, K> {
  const { [name]: _left, ...rest } = whole;
  return rest;
}

type TrafficConfig = NonNullable<
  NonNullable<CloudFrontAccount["continuousDeploymentPolicies"]>[string]["TrafficConfig"]
>;

/** A primary distribution, and its staging distribution with a continuous deployment policy. */
function staged(basis: Basis, ContinuousDeploymentPolicyId: string, TrafficConfig: TrafficConfig): CloudFrontAccount {
  const staging = `dstaging${basis.domain.slice(1)}`;
  return {
    distributions: [
      { ...basis, config: { ContinuousDeploymentPolicyId } },
      { id: `${basis.id}STAGING`, domain: staging, aliases: [], config: { Staging: true } },
    ],
    continuousDeploymentPolicies: {
      [ContinuousDeploymentPolicyId]: { Enabled: true, StagingDistributionDnsNames: listed([staging]), TrafficConfig },
    },
  };
}

/** A distribution with a cache policy of the account's own. */
function keyed(basis: Basis, id: string, key: Parameters<typeof inKey>[0]): CloudFrontAccount {
  return {
    ...only(basis, { DefaultCacheBehavior: behaviour({ CachePolicyId: id }) }),
    cachePolicies: { [id]: cachePolicy(id, [1, 86_400, 31_536_000], inKey(key)) },
  };
}

function guarded(basis: Basis, name: string, rule: Omit<Rule, "Priority" | "VisibilityConfig">): CloudFrontAccount {
  const VisibilityConfig = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: name };
  const ARN = webAclArn(name, WEB_ACL_ID);
  const Rules = [{ ...rule, Priority: 0, VisibilityConfig }];
  return {
    ...only(basis, { WebACLId: ARN }),
    webAcls: [{ Name: name, Id: WEB_ACL_ID, ARN, DefaultAction: { Allow: {} }, Rules, VisibilityConfig }],
  };
}

/** A template, its connection group, and two tenants: one of the aliases, one of `second.` before the first of them. */
function tenants({ aliases, ...basis }: Basis): CloudFrontAccount {
  const [host = "www.example.com"] = aliases;
  const group = { Id: "cg_1", Name: "default", RoutingEndpoint: `drouting${basis.domain.slice(1)}` };
  const tenant = { DistributionId: basis.id, ConnectionGroupId: group.Id };
  return {
    distributions: [{ ...basis, aliases: [], config: { ConnectionMode: "tenant-only", PriceClass: undefined } }],
    connectionGroups: [group],
    tenants: [
      { ...tenant, Id: "dt_1", Name: "first", domains: aliases },
      { ...tenant, Id: "dt_2", Name: "second", domains: [`second.${host}`] },
    ],
  };
}
