import { type PriceClass, UNRESTRICTED } from "../pops/price-classes.ts";

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
  /** Of a primary distribution, and of a staging distribution, the policy that is in effect. Absent: there is none. */
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
  /** Parts that could not be read. What they would say is absent. */
  readonly unread: readonly UnreadPart[];
}

/** What is asked of settings. */
export interface SettingsQuery {
  /** Of the distribution; of a tenant, its multi-tenant distribution's. */
  readonly id: string;
  /** Of the tenant, if it is one. */
  readonly settings?: TenantSettings | undefined;
  /** Whether a distribution without cache tags will be refused. @default it is not */
  readonly needsTags?: boolean;
  /**
   * Whether its policies and its web ACL are read, too. Without them, it is one call, and what they say is absent; of a staging
   * distribution, the continuous deployment policy is read all the same: it may be refused because of it.
   */
  readonly withPolicies: boolean;
}

/** A part of a distribution's settings that AWS did not tell. */
export interface UnreadPart {
  readonly part: "continuous deployment policy" | "web ACL" | "cache policy" | "response headers policy";
  /** Its id, if the distribution may have several. */
  readonly id?: string | undefined;
  /** What a caller of the API may know of the reason. */
  readonly why: string;
}

/** What a distribution tenant, or its connection group, has in place of the settings of its multi-tenant distribution. */
export interface TenantSettings {
  /** Whether both have reached every POP. */
  readonly isDeployed: boolean;
  /** Of the connection group. */
  readonly hasAnycastIps: boolean;
  /** The ARN of its own web ACL; `disabled`: it has none. Absent: that of the multi-tenant distribution. */
  readonly webAcl?: string | undefined;
}

export interface ContinuousDeployment {
  readonly stagingDomains: readonly string[];
  /** Which part of the requests the staging distribution gets: a share from 0 to 0.15, or those with a header. */
  readonly traffic:
    | { readonly weight: number }
    | { readonly header: { readonly name: string; readonly value: string } };
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
  /** Absent: its cache policy could not be read. */
  readonly caching?: Caching | undefined;
  /** Whether viewers need a signed URL or signed cookies. */
  readonly isSigned: boolean;
  /** Whether the response headers policy adds Server-Timing. Absent: the policy could not be read. */
  readonly hasServerTiming?: boolean | undefined;
  /** The Region of its origin's Origin Shield. Absent: none. With an origin group: that of the primary origin. */
  readonly originShieldRegion?: string | undefined;
}

/** What a cache policy says, or the older settings of a behaviour without one. */
export interface Caching {
  readonly minTtl: number;
  /** Seconds that an object is kept for where its headers say nothing. */
  readonly defaultTtl: number;
  /** Seconds that an object is kept for at most, whatever its headers say: 0 means that nothing is cached. */
  readonly maxTtl: number;
  /** Parts of a request in the cache key besides the path. */
  readonly queryStrings: KeyPart;
  readonly cookies: KeyPart;
  /** In lower case. `*`, all of them, which only settings without a cache policy can have: then nothing is cached. */
  readonly headers: readonly string[];
}

export type KeyPart = "none" | "all" | { readonly only: readonly string[] } | { readonly allExcept: readonly string[] };

/** Whether objects are kept at all. */
export function isCached({ maxTtl, headers }: Caching): boolean {
  return maxTtl > 0 && !headers.includes("*");
}

/** A distribution of which nothing is special, as CloudFront creates it. Tests and the stand-in of the API begin with it. */
export const PLAIN_SETTINGS: Omit<DistributionSettings, "id" | "domain" | "behaviours"> = {
  enabled: true,
  isDeployed: true,
  isTemplate: false,
  isStaging: false,
  priceClass: UNRESTRICTED,
  hasAnycastIps: false,
  errorTtls: {},
  unread: [],
};
