/**
 * What CloudFront's API says of a distribution, as far as it decides how the distribution can be warmed.
 * `aws/distribution-settings.ts` reads it.
 */
export interface DistributionSettings {
  readonly id: string;
  /** Its `*.cloudfront.net` domain. */
  readonly domain: string;
  readonly enabled: boolean;
  /** False: a change of it has not reached every POP. */
  readonly isDeployed: boolean;
  /** Of a multi-tenant distribution, the template, which serves no traffic itself. */
  readonly isTemplate: boolean;
  readonly isStaging: boolean;
  /** Absent: there is none, or it is not enabled. */
  readonly continuousDeployment?: ContinuousDeployment | undefined;
  /** What is asked of a viewer's certificate. Absent: nothing. */
  readonly viewerMtls?: "required" | "optional" | "passthrough" | undefined;
  readonly webAcl?: WebAcl | undefined;
  readonly priceClass: PriceClass;
  readonly hasAnycastIps: boolean;
  /** For how many seconds an error is cached, by HTTP status: ErrorCachingMinTTL. Ten seconds where a status is absent. */
  readonly errorTtls: Readonly<Record<string, number>>;
  /** In the order in which CloudFront tries them. The last one is the default, `*`. */
  readonly behaviours: readonly CacheBehaviour[];
  /** The header from which CloudFront takes cache tags. Absent: objects have none. */
  readonly cacheTagHeader?: string | undefined;
}

export const PRICE_CLASSES = ["PriceClass_100", "PriceClass_200", "PriceClass_All"] as const;
export type PriceClass = (typeof PRICE_CLASSES)[number];

export interface ContinuousDeployment {
  readonly stagingDomains: readonly string[];
  /** Which part of the requests the staging distribution gets: a share from 0 to 0.15, or those with a header. */
  readonly traffic: { readonly weight: number } | { readonly header: { readonly name: string; readonly value: string } };
}

/** Rules of a web ACL that may block many requests of one client. */
export interface WebAcl {
  readonly name: string;
  readonly rules: readonly { readonly name: string; readonly kind: "rate-based" | "bot-control" }[];
}

/** How the cache keeps what matches a path pattern. */
export interface CacheBehaviour {
  /** As CloudFront spells it, without a leading slash or with one; `*` for the default. */
  readonly pathPattern: string;
  /** Seconds that an object is kept for at most, whatever its headers say: 0 means that nothing is cached. */
  readonly maxTtl: number;
  readonly minTtl: number;
  readonly defaultTtl: number;
  /** Parts of a request in the cache key besides the path: `all`, or the names; empty: none. */
  readonly cacheKey: {
    readonly queryStrings: KeyPart;
    readonly cookies: KeyPart;
    readonly headers: readonly string[];
  };
  /** Whether viewers need a signed URL or signed cookies. */
  readonly isSigned: boolean;
  /** Whether the response headers policy adds Server-Timing. */
  readonly hasServerTiming: boolean;
  /** The Region of its origin's Origin Shield. Absent: none. With an origin group: that of the primary origin. */
  readonly originShieldRegion?: string | undefined;
}

/** `all-except` names what is left out. */
export type KeyPart = "none" | "all" | { readonly only: readonly string[] } | { readonly allExcept: readonly string[] };
