import {
  type CacheBehavior,
  type CachePolicyConfig,
  type CloudFrontClient,
  type ContinuousDeploymentPolicyConfig,
  type DefaultCacheBehavior,
  type Distribution,
  type DistributionConfig,
  GetCachePolicyCommand,
  GetContinuousDeploymentPolicyCommand,
  GetDistributionCommand,
  GetResponseHeadersPolicyCommand,
  ListContinuousDeploymentPoliciesCommand,
} from "@aws-sdk/client-cloudfront";
import { GetWebACLCommand, type WAFV2Client, type WebACL } from "@aws-sdk/client-wafv2";
import { memoizeFor } from "../domain/collections.ts";
import type {
  CacheBehaviour,
  Caching,
  ContinuousDeployment,
  DistributionSettings,
  KeyPart,
  SettingsQuery,
  UnreadPart,
  WebAcl,
} from "../domain/distribution/settings.ts";
import { type AwsErrorLog, errorFields, publicReason } from "../domain/log-fields.ts";
import { PRICE_CLASSES, UNRESTRICTED } from "../domain/pops/price-classes.ts";
import { withTimeout } from "../domain/retry.ts";

/** How long settings and policies are cached. */
const CACHE_MS = 300_000;
/** Of the distribution, then of each of its policies: all are asked for at once, so that none waits for another that hangs. */
const TIMEOUT_MS = 2_000;

interface Clients {
  readonly cloudFront: CloudFrontClient;
  /** Of the Region that the ARN of a web ACL names: us-east-1 for all of CloudFront outside China. */
  readonly waf: (region: string) => WAFV2Client;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told why something could not be read, which callers read without accounts and roles. @default nobody is */
  readonly logger?: AwsErrorLog;
}

/** The managed cache policy CachingDisabled: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/**
 * Reads how distributions are configured. What is read is cached for five minutes; what cannot be read, or keeps the distribution from
 * being warmed, is asked for again the next time.
 */
export class DistributionSettingsReader {
  private readonly distribution: (id: string) => Promise<Distribution>;
  /** For who needs cache tags: a distribution without them was refused, and its user was told to change it. */
  private readonly distributionWithTags: (id: string) => Promise<Distribution>;
  private readonly cachePolicy: (id: string) => Promise<CachePolicyConfig | undefined>;
  private readonly addsServerTiming: (id: string) => Promise<boolean>;
  private readonly policies: (id: string) => Promise<ContinuousDeploymentPolicyConfig | undefined>;
  private readonly webAcl: (arn: string) => Promise<WebAcl>;

  constructor(private readonly clients: Clients) {
    const { cloudFront, waf, now } = clients;
    // What takes too long fails, so that no later call waits for it.
    const cached = <T>(read: (key: string) => Promise<T>, isCacheable: (value: T) => boolean = () => true) =>
      memoizeFor({ ms: CACHE_MS, now, isCacheable }, read);
    const policy = <T>(read: (key: string) => Promise<T>) => cached((key) => withTimeout(TIMEOUT_MS, read(key)));
    this.cachePolicy = policy(async (Id) => {
      const { CachePolicy } = await cloudFront.send(new GetCachePolicyCommand({ Id }));
      return CachePolicy?.CachePolicyConfig;
    });
    this.addsServerTiming = policy(async (Id) => {
      const { ResponseHeadersPolicy } = await cloudFront.send(new GetResponseHeadersPolicyCommand({ Id }));
      return ResponseHeadersPolicy?.ResponseHeadersPolicyConfig?.ServerTimingHeadersConfig?.Enabled === true;
    });
    this.policies = policy(async (Id) => {
      const { ContinuousDeploymentPolicy } = await cloudFront.send(new GetContinuousDeploymentPolicyCommand({ Id }));
      return ContinuousDeploymentPolicy?.ContinuousDeploymentPolicyConfig;
    });
    this.webAcl = policy(async (arn) => {
      // arn:aws:wafv2:us-east-1:123456789012:global/webacl/NAME/ID
      const [, , service, region = "", , path = ""] = arn.split(":");
      if (service !== "wafv2")
        throw new Error("The web ACL belongs to AWS WAF Classic, which Prewarm does not support");
      const [, , Name, Id] = path.split("/");
      const { WebACL } = await waf(region).send(new GetWebACLCommand({ Name, Id, Scope: "CLOUDFRONT" }));
      return webAclOf(WebACL);
    });
    const read = async (Id: string) => {
      const { Distribution } = await withTimeout(TIMEOUT_MS, cloudFront.send(new GetDistributionCommand({ Id })));
      if (Distribution === undefined) throw new Error(`CloudFront returned no distribution ${Id}`);
      return Distribution;
    };
    this.distribution = cached(read, isCacheable);
    this.distributionWithTags = cached(
      read,
      (it) => isCacheable(it) && it.DistributionConfig?.CacheTagConfig?.HeaderName !== undefined,
    );
  }

  /**
   * How a distribution is configured, or a tenant of it.
   * @throws what CloudFront or the network says when the distribution itself cannot be read
   */
  async read({ id, settings: tenant, needsTags = false, withPolicies }: SettingsQuery): Promise<DistributionSettings> {
    const answer = needsTags ? this.distributionWithTags(id) : this.distribution(id);
    const distribution = await answer.catch((error: unknown) => {
      this.log(`the distribution ${id}`, error);
      throw error;
    });
    const settings = await this.partsOf(distribution, withPolicies);
    if (tenant === undefined) return settings;
    const { hasAnycastIps, webAcl: arn } = tenant;
    const isDeployed = settings.isDeployed && tenant.isDeployed;
    if (arn === undefined || !withPolicies) return { ...settings, isDeployed, hasAnycastIps };
    const unread = settings.unread.filter(({ part }) => part !== "web ACL");
    const webAcl = arn === "disabled" ? undefined : await this.orUnread({ part: "web ACL" }, this.webAcl(arn), unread);
    return { ...settings, isDeployed, hasAnycastIps, webAcl, unread };
  }

  private async partsOf(distribution: Distribution, withPolicies: boolean): Promise<DistributionSettings> {
    const { DistributionConfig: config, DomainName: domain = "" } = distribution;
    if (config === undefined) throw new Error(`CloudFront returned no configuration of ${distribution.Id}`);
    const unread: UnreadPart[] = [];
    const part = <T>(which: Pick<UnreadPart, "part" | "id">, answer: Promise<T>) =>
      this.orUnread(which, withTimeout(TIMEOUT_MS, answer), unread);
    const each = async <T>(name: UnreadPart["part"], ids: readonly string[], read: (id: string) => Promise<T>) => {
      const values = await Promise.all(ids.map((id) => part({ part: name, id }, read(id))));
      return new Map(ids.map((id, i) => [id, values[i]]));
    };
    const inOrder: (CacheBehavior | DefaultCacheBehavior)[] = [...(config.CacheBehaviors?.Items ?? [])];
    if (config.DefaultCacheBehavior !== undefined) inOrder.push(config.DefaultCacheBehavior);
    const policyIds = (idOf: (behaviour: DefaultCacheBehavior) => string | undefined) =>
      withPolicies ? different(inOrder.map((behaviour) => idOf(behaviour))) : [];
    const { WebACLId: webAclId = "" } = config;
    const [cachePolicies, timings, deployment, webAcl] = await Promise.all([
      each(
        "cache policy",
        policyIds(({ CachePolicyId: id }) => id).filter((id) => id !== CACHING_DISABLED),
        this.cachePolicy,
      ),
      each(
        "response headers policy",
        policyIds(({ ResponseHeadersPolicyId: id }) => id),
        this.addsServerTiming,
      ),
      withPolicies || config.Staging === true
        ? part({ part: "continuous deployment policy" }, this.deploymentOf(config, domain))
        : undefined,
      withPolicies && webAclId !== "" ? part({ part: "web ACL" }, this.webAcl(webAclId)) : undefined,
    ]);
    const shields = shieldsOf(config);
    return {
      id: distribution.Id ?? "",
      domain,
      enabled: config.Enabled === true,
      isDeployed: distribution.Status === "Deployed",
      isTemplate: config.ConnectionMode === "tenant-only",
      isStaging: config.Staging === true,
      continuousDeployment: deployment,
      viewerMtls: config.ViewerMtlsConfig?.Mode,
      webAcl,
      priceClass: PRICE_CLASSES.find((it) => it === config.PriceClass) ?? UNRESTRICTED,
      hasAnycastIps: (config.AnycastIpListId ?? "") !== "",
      errorTtls: Object.fromEntries(
        (config.CustomErrorResponses?.Items ?? []).flatMap(({ ErrorCode, ErrorCachingMinTTL }) =>
          ErrorCode === undefined || ErrorCachingMinTTL === undefined ? [] : [[ErrorCode, ErrorCachingMinTTL]],
        ),
      ),
      behaviours: inOrder.map((behaviour) => behaviourOf(behaviour, { cachePolicies, timings, shields })),
      cacheTagHeader: config.CacheTagConfig?.HeaderName,
      unread,
    };
  }

  /** An answer; undefined, and a note in `unread`, if there is none. */
  private orUnread<T>(which: Pick<UnreadPart, "part" | "id">, answer: Promise<T>, unread: UnreadPart[]) {
    return answer.catch((error: unknown) => {
      this.log([which.part, which.id].join(" ").trim(), error);
      unread.push({ ...which, why: publicReason(error) });
      return undefined;
    });
  }

  private log(what: string, error: unknown): void {
    this.clients.logger?.warn(`Settings could not be read: ${what}`, { error: errorFields(error) });
  }

  /** A staging distribution does not name the policy: the policy names it. */
  private async deploymentOf(
    { Staging, ContinuousDeploymentPolicyId: id = "" }: DistributionConfig,
    domain: string,
  ): Promise<ContinuousDeployment | undefined> {
    const { cloudFront } = this.clients;
    if (id !== "") return continuousDeploymentOf(await this.policies(id));
    if (Staging !== true) return undefined;
    let Marker: string | undefined;
    do {
      const { ContinuousDeploymentPolicyList: list } = await cloudFront.send(
        new ListContinuousDeploymentPoliciesCommand({ Marker }),
      );
      const found = (list?.Items ?? [])
        .map(({ ContinuousDeploymentPolicy: it }) => continuousDeploymentOf(it?.ContinuousDeploymentPolicyConfig))
        .find((it) => it?.stagingDomains.includes(domain.toLowerCase()) === true);
      if (found !== undefined) return found;
      Marker = list?.NextMarker;
    } while (Marker !== undefined && Marker !== "");
    return undefined;
  }
}

/** Whether a distribution may be cached: what refuses a request may have changed the next time, because its user was told to change it. */
function isCacheable({ Status, DistributionConfig: config }: Distribution): boolean {
  const { Enabled, Staging, ViewerMtlsConfig } = config ?? {};
  return Enabled === true && Status === "Deployed" && Staging !== true && ViewerMtlsConfig?.Mode !== "required";
}

/** Each id once. */
function different(ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids)].filter((id): id is string => id !== undefined && id !== "");
}

function continuousDeploymentOf(
  policy: ContinuousDeploymentPolicyConfig | undefined,
): ContinuousDeployment | undefined {
  if (policy?.Enabled !== true) return undefined;
  const { SingleWeightConfig: weight, SingleHeaderConfig: header } = policy.TrafficConfig ?? {};
  return {
    stagingDomains: (policy.StagingDistributionDnsNames?.Items ?? []).map((it) => it.toLowerCase()),
    traffic:
      header === undefined
        ? { weight: weight?.Weight ?? 0 }
        : { header: { name: (header.Header ?? "").toLowerCase(), value: header.Value ?? "" } },
  };
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-bot.html */
const BOT_CONTROL = "AWSManagedRulesBotControlRuleSet";

/**
 * The rules that may block many requests of one client. Rules that only count are left out. Statements of these kinds cannot be nested, and
 * what is in rule groups of the account is not read.
 */
function webAclOf(acl: WebACL | undefined): WebAcl {
  const own = (acl?.Rules ?? []).map((rule) => ({
    name: rule.Name,
    statement: rule.Statement,
    counts: rule.Action?.Count !== undefined || rule.OverrideAction?.Count !== undefined,
  }));
  const ofFirewallManager = [
    ...(acl?.PreProcessFirewallManagerRuleGroups ?? []),
    ...(acl?.PostProcessFirewallManagerRuleGroups ?? []),
  ].map((group) => ({
    name: group.Name,
    statement: { ...group.FirewallManagerStatement, RateBasedStatement: undefined },
    counts: group.OverrideAction?.Count !== undefined,
  }));
  return {
    name: acl?.Name ?? "",
    rules: [...own, ...ofFirewallManager].flatMap(({ name = "", statement, counts }): WebAcl["rules"] => {
      if (counts) return [];
      if (statement?.RateBasedStatement !== undefined) return [{ name, kind: "rate-based" }];
      return statement?.ManagedRuleGroupStatement?.Name === BOT_CONTROL ? [{ name, kind: "bot-control" }] : [];
    }),
  };
}

/** Regions of Origin Shield by what a behaviour names: an origin, or an origin group, whose first member is the primary one. */
function shieldsOf({ Origins, OriginGroups }: DistributionConfig): ReadonlyMap<string, string> {
  const ofOrigins = new Map(
    (Origins?.Items ?? []).flatMap(({ Id, OriginShield: shield }): [string, string][] =>
      Id === undefined || shield?.Enabled !== true || shield.OriginShieldRegion === undefined
        ? []
        : [[Id, shield.OriginShieldRegion]],
    ),
  );
  const ofGroups = (OriginGroups?.Items ?? []).flatMap(({ Id, Members }): [string, string][] => {
    const region = ofOrigins.get(Members?.Items?.[0]?.OriginId ?? "");
    return Id === undefined || region === undefined ? [] : [[Id, region]];
  });
  return new Map([...ofOrigins, ...ofGroups]);
}

interface Policies {
  /** Those that could be read. */
  readonly cachePolicies: ReadonlyMap<string, CachePolicyConfig | undefined>;
  /** Whether each response headers policy adds Server-Timing, as far as it could be read. */
  readonly timings: ReadonlyMap<string, boolean | undefined>;
  readonly shields: ReadonlyMap<string, string>;
}

function behaviourOf(
  behaviour: CacheBehavior | DefaultCacheBehavior,
  { cachePolicies, timings, shields }: Policies,
): CacheBehaviour {
  const { CachePolicyId: policyId = "", ResponseHeadersPolicyId: headersId = "", TargetOriginId = "" } = behaviour;
  const { TrustedKeyGroups: groups, TrustedSigners: signers } = behaviour;
  const policy = policyId === CACHING_DISABLED ? NOTHING_CACHED : cachePolicies.get(policyId);
  return {
    pathPattern: "PathPattern" in behaviour ? (behaviour.PathPattern ?? "*") : "*",
    caching: policyId === "" ? withoutPolicy(behaviour) : policy && cachingOf(policy),
    isSigned: groups?.Enabled === true || signers?.Enabled === true,
    hasServerTiming: headersId === "" ? false : timings.get(headersId),
    originShieldRegion: shields.get(TargetOriginId),
  };
}

/** Values where the API names none: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html */
const DEFAULT_TTL = 86_400;
const MAX_TTL = 31_536_000;

function ttlsOf({ MinTTL = 0, DefaultTTL, MaxTTL }: Pick<DefaultCacheBehavior, "MinTTL" | "DefaultTTL" | "MaxTTL">) {
  return {
    minTtl: MinTTL,
    defaultTtl: DefaultTTL ?? Math.max(DEFAULT_TTL, MinTTL),
    maxTtl: MaxTTL ?? Math.max(MAX_TTL, MinTTL),
  };
}

const NOTHING_CACHED = { MinTTL: 0, DefaultTTL: 0, MaxTTL: 0 };

function cachingOf(policy: Omit<CachePolicyConfig, "Name">): Caching {
  const {
    QueryStringsConfig: query,
    CookiesConfig: cookies,
    HeadersConfig: headers,
  } = policy.ParametersInCacheKeyAndForwardedToOrigin ?? {};
  return {
    ...ttlsOf(policy),
    queryStrings: keyPart(query?.QueryStringBehavior, query?.QueryStrings?.Items),
    cookies: keyPart(cookies?.CookieBehavior, cookies?.Cookies?.Items),
    headers: (headers?.HeaderBehavior === "whitelist" ? (headers.Headers?.Items ?? []) : []).map((it) =>
      it.toLowerCase(),
    ),
  };
}

/** ForwardedValues, which came before cache policies, forwards and keys alike. */
function withoutPolicy(behaviour: DefaultCacheBehavior): Caching {
  const { QueryString, QueryStringCacheKeys: keys, Cookies, Headers } = behaviour.ForwardedValues ?? {};
  const named = keys?.Items ?? [];
  return {
    ...ttlsOf(behaviour),
    queryStrings: QueryString === true ? (named.length > 0 ? { only: named } : "all") : "none",
    cookies: keyPart(Cookies?.Forward, Cookies?.WhitelistedNames?.Items),
    headers: (Headers?.Items ?? []).map((it) => it.toLowerCase()),
  };
}

function keyPart(behaviour: "none" | "all" | "whitelist" | "allExcept" = "none", names: string[] = []): KeyPart {
  if (behaviour === "whitelist") return { only: names };
  return behaviour === "allExcept" ? { allExcept: names } : behaviour;
}
