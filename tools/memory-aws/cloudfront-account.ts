// What an account has in CloudFront and AWS WAF, as data.
import type {
  CacheBehavior,
  CachePolicyConfig,
  ConnectionGroup,
  ContinuousDeploymentPolicyConfig,
  DefaultCacheBehavior,
  DistributionConfig,
  DistributionTenant,
  Origin,
  ParametersInCacheKeyAndForwardedToOrigin,
  ResponseHeadersPolicyConfig,
} from "@aws-sdk/client-cloudfront";
import type { WebACL } from "@aws-sdk/client-wafv2";

export const ACCOUNT_ID = "123456789012";

export interface CloudFrontAccount {
  readonly distributions: readonly MemoryDistribution[];
  /** By their ids. */
  readonly continuousDeploymentPolicies?: Readonly<Record<string, ContinuousDeploymentPolicyConfig>>;
  /** Beside CloudFront's own, by their ids. */
  readonly cachePolicies?: Readonly<Record<string, CachePolicyConfig>>;
  /** Beside CloudFront's own and {@link SERVER_TIMING}, by their ids. */
  readonly responseHeadersPolicies?: Readonly<Record<string, ResponseHeadersPolicyConfig>>;
  readonly connectionGroups?: readonly MemoryConnectionGroup[];
  readonly tenants?: readonly MemoryTenant[];
  readonly webAcls?: readonly WebACL[];
}

export interface MemoryDistribution {
  readonly id: string;
  /** `d111111abcdef8.cloudfront.net` */
  readonly domain: string;
  readonly aliases: readonly string[];
  /** @default Deployed */
  readonly status?: "Deployed" | "InProgress";
  /** What is not as in {@link configOf}. */
  readonly config?: Partial<DistributionConfig>;
}

export type MemoryConnectionGroup = Pick<ConnectionGroup, "AnycastIpListId" | "Enabled" | "IsDefault" | "Status"> & {
  readonly Id: string;
  readonly Name: string;
  /** `d333333abcdef8.cloudfront.net` */
  readonly RoutingEndpoint: string;
};

export type MemoryTenant = Pick<DistributionTenant, "Customizations" | "Enabled" | "Status"> & {
  readonly Id: string;
  readonly Name: string;
  readonly DistributionId: string;
  readonly ConnectionGroupId: string;
  readonly domains: readonly string[];
};

/** A list as CloudFront's XML has it. */
export const listed = <T>(items: readonly T[]) => ({ Quantity: items.length, Items: [...items] });

export const ORIGIN: Origin = {
  Id: "origin",
  DomainName: "origin.example.com",
  OriginPath: "",
  CustomHeaders: listed([]),
  CustomOriginConfig: {
    HTTPPort: 80,
    HTTPSPort: 443,
    OriginProtocolPolicy: "http-only",
    OriginSslProtocols: listed(["TLSv1.2"]),
    OriginReadTimeout: 30,
    OriginKeepaliveTimeout: 5,
  },
  ConnectionAttempts: 3,
  ConnectionTimeout: 10,
  OriginShield: { Enabled: false },
  OriginAccessControlId: "",
};

/** Id of a response headers policy that adds Server-Timing to all answers. The default of each distribution has it. */
export const SERVER_TIMING = "a4f6b2c0-7d5e-4f0b-9f3c-1b6f0e9d8c7a";

/** A behaviour with CloudFront's policy CachingOptimized and with {@link SERVER_TIMING}. */
export function behaviour(changes: Partial<DefaultCacheBehavior> = {}): DefaultCacheBehavior {
  return {
    TargetOriginId: ORIGIN.Id,
    TrustedSigners: { Enabled: false, Quantity: 0 },
    TrustedKeyGroups: { Enabled: false, Quantity: 0 },
    ViewerProtocolPolicy: "allow-all",
    AllowedMethods: { ...listed(["HEAD" as const, "GET" as const]), CachedMethods: listed(["HEAD", "GET"]) },
    SmoothStreaming: false,
    Compress: true,
    LambdaFunctionAssociations: listed([]),
    FunctionAssociations: listed([]),
    FieldLevelEncryptionId: "",
    CachePolicyId: CACHING_OPTIMIZED,
    ResponseHeadersPolicyId: SERVER_TIMING,
    ...changes,
  };
}

export const behaviourFor = (PathPattern: string, changes: Partial<DefaultCacheBehavior>): CacheBehavior => ({
  PathPattern,
  ...behaviour(changes),
});

/** The whole configuration of a distribution, as CloudFront gives it back. */
export function configOf({ id, aliases, config }: Omit<MemoryDistribution, "domain">): DistributionConfig {
  return {
    CallerReference: `reference-of-${id}`,
    Aliases: listed(aliases),
    DefaultRootObject: "",
    Origins: listed([ORIGIN]),
    OriginGroups: listed([]),
    DefaultCacheBehavior: behaviour(),
    CacheBehaviors: listed([]),
    CustomErrorResponses: listed([]),
    Comment: "",
    Logging: { Enabled: false, IncludeCookies: false, Bucket: "", Prefix: "" },
    PriceClass: "PriceClass_All",
    Enabled: true,
    ViewerCertificate: { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: "TLSv1" },
    Restrictions: { GeoRestriction: { RestrictionType: "none", Quantity: 0 } },
    WebACLId: "",
    HttpVersion: "http2",
    IsIPV6Enabled: true,
    ContinuousDeploymentPolicyId: "",
    Staging: false,
    ConnectionMode: "direct",
    ...config,
  };
}

/** The ARN of a web ACL for CloudFront. */
export const webAclArn = (name: string, id: string) =>
  `arn:aws:wafv2:us-east-1:${ACCOUNT_ID}:global/webacl/${name}/${id}`;

export const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
export const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

const YEAR = 31_536_000;
const DAY = 86_400;
const ORIGIN_HEADERS = ["Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

/**
 * CloudFront's own cache policies, by their ids.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
export const MANAGED_CACHE_POLICIES: Readonly<Record<string, CachePolicyConfig>> = {
  "2e54312d-136d-493c-8eb9-b001f22f67d2": cachePolicy("Managed-Amplify", [2, 2, 600], {
    ...inKey({ headers: ["Authorization", "CloudFront-Viewer-Country", "Host"], queryStrings: "all", cookies: "all" }),
  }),
  [CACHING_DISABLED]: cachePolicy("Managed-CachingDisabled", [0, 0, 0], inKey({ encodings: [] })),
  [CACHING_OPTIMIZED]: cachePolicy("Managed-CachingOptimized", [1, DAY, YEAR]),
  "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": cachePolicy(
    "Managed-CachingOptimizedForUncompressedObjects",
    [1, DAY, YEAR],
    inKey({ encodings: [] }),
  ),
  "08627262-05a9-4f76-9ded-b50ca2e3a84f": cachePolicy(
    "Managed-Elemental-MediaPackage",
    [0, DAY, YEAR],
    inKey({ headers: ["Origin"], queryStrings: ["aws.manifestfilter", "start", "end", "m"], encodings: ["gzip"] }),
  ),
  "83da9c7e-98b4-4e11-a168-04f0df8e2c65": cachePolicy(
    "Managed-UseOriginCacheControlHeaders",
    [0, 0, YEAR],
    inKey({ headers: ORIGIN_HEADERS, cookies: "all" }),
  ),
  "4cc15a8a-d715-48a4-82b8-cc0b614638fe": cachePolicy(
    "Managed-UseOriginCacheControlHeaders-QueryStrings",
    [0, 0, YEAR],
    inKey({ headers: ORIGIN_HEADERS, queryStrings: "all", cookies: "all" }),
  ),
};

interface InKey {
  readonly headers?: readonly string[];
  readonly queryStrings?: "none" | "all" | readonly string[];
  readonly cookies?: "none" | "all" | readonly string[];
  /** @default both */
  readonly encodings?: readonly ("gzip" | "br")[];
}

/** What of a request is in the cache key. */
export function inKey({
  headers = [],
  queryStrings = "none",
  cookies = "none",
  encodings = ["gzip", "br"],
}: InKey): ParametersInCacheKeyAndForwardedToOrigin {
  return {
    EnableAcceptEncodingGzip: encodings.includes("gzip"),
    EnableAcceptEncodingBrotli: encodings.includes("br"),
    HeadersConfig:
      headers.length === 0 ? { HeaderBehavior: "none" } : { HeaderBehavior: "whitelist", Headers: listed(headers) },
    CookiesConfig:
      typeof cookies === "string"
        ? { CookieBehavior: cookies }
        : { CookieBehavior: "whitelist", Cookies: listed(cookies) },
    QueryStringsConfig:
      typeof queryStrings === "string"
        ? { QueryStringBehavior: queryStrings }
        : { QueryStringBehavior: "whitelist", QueryStrings: listed(queryStrings) },
  };
}

/** @param ttl seconds: minimum, default, maximum */
export function cachePolicy(
  Name: string,
  [MinTTL, DefaultTTL, MaxTTL]: readonly [number, number, number],
  key: ParametersInCacheKeyAndForwardedToOrigin = inKey({}),
): CachePolicyConfig {
  return { Name, Comment: "", MinTTL, DefaultTTL, MaxTTL, ParametersInCacheKeyAndForwardedToOrigin: key };
}

/**
 * CloudFront's own response headers policies, by their ids; none adds Server-Timing.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
 */
export const MANAGED_RESPONSE_HEADERS_POLICIES: Readonly<Record<string, ResponseHeadersPolicyConfig>> = {
  "60669652-455b-4ae9-85a4-c4c02393f86c": { Name: "Managed-SimpleCORS" },
  "5cc3b908-e619-4b99-88e5-2cf7f45965bd": { Name: "Managed-CORS-With-Preflight" },
  "67f7725c-6f97-4210-82d7-5512b31e9d03": { Name: "Managed-SecurityHeadersPolicy" },
  "e61eb60c-9c35-4d20-a928-2b84e02af89c": { Name: "Managed-CORS-and-SecurityHeadersPolicy" },
  "eaab4381-ed33-4a86-88ca-d9558dc6cd63": { Name: "Managed-CORS-with-preflight-and-SecurityHeadersPolicy" },
};

export const SERVER_TIMING_POLICY: ResponseHeadersPolicyConfig = {
  Name: "server-timing",
  ServerTimingHeadersConfig: { Enabled: true, SamplingRate: 100 },
};
