// What an edge has to know of an account to do what its configuration says.
import type { DefaultCacheBehavior } from "@aws-sdk/client-cloudfront";
import type { Behaviour, InKey } from "../edge/behaviour.ts";
import type { Distribution } from "../edge/distributions.ts";
import {
  CACHING_OPTIMIZED,
  type CloudFrontAccount,
  configOf,
  MANAGED_CACHE_POLICIES,
  type MemoryDistribution,
  SERVER_TIMING,
  SERVER_TIMING_POLICY,
} from "./cloudfront-account.ts";

/**
 * The distributions that an edge serves for an account: not those that are disabled, nor a template, but its tenants. The edge
 * serves a staging distribution by its primary one alone.
 */
export function edgeDistributions(account: CloudFrontAccount): Distribution[] {
  const served = account.distributions.filter((one) => configOf(one).Enabled);
  return served.flatMap((one) => {
    const { ConnectionMode, Staging } = configOf(one);
    if (ConnectionMode === "tenant-only") return tenantsOf(one, account);
    return Staging ? [] : [distributionOf(one, account)];
  });
}

function tenantsOf(template: MemoryDistribution, account: CloudFrontAccount): Distribution[] {
  const tenants = (account.tenants ?? []).filter(
    ({ DistributionId, Enabled = true }) => Enabled && DistributionId === template.id,
  );
  return tenants.flatMap(({ domains: [domain, ...aliases], ConnectionGroupId }) => {
    const group = account.connectionGroups?.find(({ Id, Enabled = true }) => Enabled && Id === ConnectionGroupId);
    if (domain === undefined || group === undefined) return [];
    return [{ ...distributionOf(template, account), domain, aliases, routingEndpoint: group.RoutingEndpoint }];
  });
}

function distributionOf(one: MemoryDistribution, account: CloudFrontAccount): Distribution {
  const { domain, aliases } = one;
  const { ViewerMtlsConfig, CacheTagConfig } = configOf(one);
  const staging = stagingOf(one, account);
  return {
    domain,
    aliases,
    behaviours: behavioursOf(one, account),
    ...(staging && { staging }),
    ...(ViewerMtlsConfig?.Mode === "required" && { viewerMtls: "required" as const }),
    ...(CacheTagConfig?.HeaderName !== undefined && { tagHeader: CacheTagConfig.HeaderName }),
  };
}

function stagingOf(primary: MemoryDistribution, account: CloudFrontAccount): Distribution["staging"] {
  const policy = account.continuousDeploymentPolicies?.[configOf(primary).ContinuousDeploymentPolicyId ?? ""];
  const [name] = policy?.StagingDistributionDnsNames?.Items ?? [];
  const staging = account.distributions.find(({ domain }) => domain === name);
  if (!policy?.Enabled || staging === undefined || !configOf(staging).Enabled) return undefined;
  const { SingleHeaderConfig: header, SingleWeightConfig: weight } = policy.TrafficConfig ?? {};
  const distribution = distributionOf(staging, account);
  if (header !== undefined)
    return { distribution, traffic: { header: header.Header ?? "", value: header.Value ?? "" } };
  return { distribution, traffic: { weight: weight?.Weight ?? 0 } };
}

/** Where the configuration says nothing else, the behaviours of the edge hold. */
function behavioursOf(one: MemoryDistribution, account: CloudFrontAccount): Behaviour[] {
  const { CacheBehaviors, DefaultCacheBehavior, CustomErrorResponses, Origins } = configOf(one);
  const errors = (CustomErrorResponses?.Items ?? []).map((it) => [it.ErrorCode, (it.ErrorCachingMinTTL ?? 10) * 1_000]);
  const shieldOf = (id: string | undefined) => {
    const shield = Origins?.Items?.find(({ Id }) => Id === id)?.OriginShield;
    return shield?.Enabled ? shield.OriginShieldRegion : undefined;
  };
  const behaviourOf = (it: DefaultCacheBehavior): Behaviour => {
    const originShield = shieldOf(it.TargetOriginId);
    const serverTiming = serverTimingOf(it.ResponseHeadersPolicyId ?? "", account);
    return {
      ...cachingOf(it.CachePolicyId ?? "", account),
      ...(it.Compress === false && { compress: false }),
      ...(serverTiming !== 100 && { serverTiming }),
      ...((it.TrustedKeyGroups?.Enabled || it.TrustedSigners?.Enabled) && { signed: true }),
      ...(errors.length > 0 && { errorTtlsMs: Object.fromEntries(errors) }),
      ...(originShield !== undefined && { originShield }),
    };
  };
  const others = (CacheBehaviors?.Items ?? []).map((it) => {
    const { PathPattern: path = "*" } = it;
    return { ...behaviourOf(it), path: /^[/*]/.test(path) ? path : `/${path}` };
  });
  const fallback = DefaultCacheBehavior === undefined ? {} : behaviourOf(DefaultCacheBehavior);
  return [...others, ...(Object.keys(fallback).length > 0 ? [fallback] : [])];
}

type EdgeCaching = Pick<Behaviour, "ttl" | "keyHeaders" | "encodings" | "queryStrings" | "cookies">;

/**
 * The edge's own default is CachingOptimized with all query strings in the cache key: one of the site's files has one. What is not cached goes
 * to the origin whole, as with an origin request policy.
 */
function cachingOf(id: string, account: CloudFrontAccount): EdgeCaching {
  const policy = account.cachePolicies?.[id] ?? MANAGED_CACHE_POLICIES[id];
  if (policy === undefined || id === CACHING_OPTIMIZED) return {};
  const { MinTTL: min = 0, DefaultTTL = 86_400, MaxTTL: max = 31_536_000 } = policy;
  const key = policy.ParametersInCacheKeyAndForwardedToOrigin;
  const { QueryStringsConfig: query, CookiesConfig: cookies } = key ?? {};
  return {
    ttl: { min, default: DefaultTTL, max },
    ...(max > 0 && {
      queryStrings: inKey(query?.QueryStringBehavior, query?.QueryStrings?.Items),
      cookies: inKey(cookies?.CookieBehavior, cookies?.Cookies?.Items),
    }),
    keyHeaders: (key?.HeadersConfig?.Headers?.Items ?? []).map((name) => name.toLowerCase()),
    encodings: [
      ...(key?.EnableAcceptEncodingBrotli ? ["br" as const] : []),
      ...(key?.EnableAcceptEncodingGzip ? ["gzip" as const] : []),
    ],
  };
}

function inKey(behaviour: "none" | "all" | "whitelist" | "allExcept" = "none", names: readonly string[] = []): InKey {
  if (behaviour === "allExcept") throw new Error("The edge cannot leave single names out of the cache key");
  return behaviour === "whitelist" ? names : behaviour;
}

function serverTimingOf(id: string, account: CloudFrontAccount): NonNullable<Behaviour["serverTiming"]> {
  const policy = account.responseHeadersPolicies?.[id] ?? (id === SERVER_TIMING ? SERVER_TIMING_POLICY : undefined);
  const { Enabled = false, SamplingRate = 0 } = policy?.ServerTimingHeadersConfig ?? {};
  return Enabled ? SamplingRate : "off";
}
