import { firstOf, grouped } from "../collections.ts";
import { NOT_ALLOWED } from "../log-fields.ts";
import type { Header } from "../net/headers.ts";
import { isInPriceClass } from "../pops/price-classes.ts";
import { behaviourOf } from "./path-pattern.ts";
import { type CacheBehaviour, type DistributionSettings, isCached, type KeyPart } from "./settings.ts";

/** Each finding about a request, by what it is about. A refusal is a 400: the request would warm nothing. docs/concepts.md has the same table. */
export const FINDINGS = {
  viewer_mtls: "refusal",
  disabled: "refusal",
  not_deployed: "refusal",
  staging: "refusal",
  template: "refusal",
  cache_tags: "refusal",
  routing_endpoint: "refusal",
  web_acl: "warning",
  continuous_deployment: "warning",
  price_class: "warning",
  anycast_ips: "warning",
  server_timing: "warning",
  not_cached: "warning",
  query_strings: "warning",
  cookies: "warning",
  signed: "warning",
  not_checked: "warning",
} as const satisfies Record<string, "refusal" | "warning">;

export type FindingCode = keyof typeof FINDINGS;

/** Warnings of POST /prewarm, which reads no policies. A dry run and `prewarm doctor` tell all. */
export const STARTING_WARNINGS: readonly FindingCode[] = ["not_cached", "signed", "price_class", "not_checked"];

/** What stands in the way of a request, or may. */
export interface Finding {
  readonly code: FindingCode;
  /** One sentence or more, without the last full stop. */
  readonly problem: string;
  /** What to do about it, alike. */
  readonly action: string;
}

/** As the API and the command say it: by the code, as other messages begin with the name of a field. */
export function findingText({ code, problem, action }: Finding): string {
  return `${code}: ${problem}. ${action}`;
}

/** What a request wants of one distribution. */
export interface WantedWarming {
  /** The name that led to the distribution: `cf_domain`, or the host of a URL. */
  readonly name: string;
  /** Those of the distribution, as `normalizeUrl` returns them. */
  readonly urls: readonly string[];
  readonly pops: readonly string[];
  /** What each variant sends. */
  readonly variants: readonly (readonly Header[])[];
  /** Whether hits are looked for. */
  readonly isVerified: boolean;
  /** Whether objects are invalidated by cache tag. @default they are not */
  readonly hasTags?: boolean;
  /** The id of the distribution tenant that is warmed, if it is one: then the distribution is its template. */
  readonly tenant?: string | undefined;
}

/** All findings about a request and one of its distributions, refusals first. Pure. */
export function findingsOf(settings: DistributionSettings, wanted: WantedWarming): Finding[] {
  const refusals = refusalsOf(settings, wanted);
  if (refusals.length > 0) return refusals;
  return [...ofDistribution(settings, wanted), ...ofBehaviours(settings, wanted)];
}

/** The first reason why nothing can be warmed. Others may hold, too, and one is enough. */
function refusalsOf(settings: DistributionSettings, wanted: WantedWarming): Finding[] {
  const { isTemplate, enabled, isDeployed, viewerMtls, isStaging } = settings;
  const it = named(settings, wanted);
  if (isTemplate && wanted.tenant === undefined)
    return [
      {
        code: "template",
        problem: `${it} is a multi-tenant distribution, which serves no traffic itself`,
        action: "Name the domain of one of its distribution tenants",
      },
    ];
  if (!enabled)
    return [
      {
        code: "disabled",
        problem: `${it} is disabled, so it serves nothing`,
        action: "Enable it, then send this again",
      },
    ];
  if (!isDeployed)
    return [
      {
        code: "not_deployed",
        problem: `${it}${wanted.tenant === undefined ? "" : `, the tenant ${wanted.tenant} itself, or its connection group`} is being deployed: the latest change has not reached every POP`,
        action: "Wait until its status is Deployed, then send this again",
      },
    ];
  if (viewerMtls === "required")
    return [
      {
        code: "viewer_mtls",
        problem: `${it} requires a client certificate (viewer mTLS), and Prewarm has none, so every connection would be refused`,
        action: "Set viewer mTLS to optional while you warm, or warm another distribution",
      },
    ];
  const staging = isStaging ? stagingRefusal(settings, wanted) : [];
  return staging.length > 0 ? staging : tagsRefusal(settings, wanted);
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-by-tags.html */
function tagsRefusal(settings: DistributionSettings, wanted: WantedWarming): Finding[] {
  if (wanted.hasTags !== true || settings.cacheTagHeader !== undefined) return [];
  return [
    {
      code: "cache_tags",
      problem: `${named(settings, wanted)} has no CacheTagConfig, so none of its objects has a cache tag, and invalidate.tags would invalidate nothing`,
      action: "Set CacheTagConfig to the response header with the tags, or name paths in invalidate",
    },
  ];
}

/**
 * Viewers reach a staging distribution by the primary one only:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-continuous-deployment.html
 */
function stagingRefusal(settings: DistributionSettings, wanted: WantedWarming): Finding[] {
  const { continuousDeployment: deployment, unread } = settings;
  const staging = `${named(settings, wanted)} is a staging distribution, which CloudFront does not serve under its own domain name`;
  const refusal = (action: string, problem = staging): Finding[] => [{ code: "staging", problem, action }];
  if (deployment === undefined)
    // Whether the header is there is not known, and the warning says so.
    return unread.some(({ part }) => part === "continuous deployment policy")
      ? []
      : refusal("Enable a continuous deployment policy on its primary distribution, then send this again");
  const { traffic } = deployment;
  if ("weight" in traffic)
    return refusal(
      "Change the policy to a header-based policy. Then name the primary distribution in cf_domain, and add the policy's header to the field header",
      `${staging}. Its policy routes a random ${percent(traffic.weight)} of the primary distribution's requests to it`,
    );
  return wanted.variants.every(hasHeader(traffic.header))
    ? []
    : refusal(`Name the primary distribution in cf_domain, and set "header": ["${headerLine(traffic.header)}"]`);
}

function ofDistribution(settings: DistributionSettings, wanted: WantedWarming): Finding[] {
  const { webAcl, priceClass, hasAnycastIps, unread } = settings;
  const it = named(settings, wanted);
  const alike = grouped(unread, ({ part, why }) => `${part} ${why}`);
  const findings: Finding[] = [...alike.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const ids = [first, ...others].flatMap(({ id }) => id ?? []);
    const which = ids.length === 0 ? "" : ` ${ids.length === 1 ? ids[0] : `(${firstOf(ids, MAX_POLICIES)})`}`;
    return notChecked(`the ${first.part}${which} of ${it}`, first.why);
  });
  for (const { name, kind } of webAcl?.rules ?? [])
    findings.push({
      code: "web_acl",
      problem: `the web ACL ${webAcl?.name} of ${it} has the ${RULE_KINDS[kind]} ${name}, which may block downloads`,
      action:
        "Allow requests with a header that only you know, by a rule with a lower priority number, and send this header in header",
    });
  findings.push(...deploymentWarning(settings, wanted));
  const excluded = wanted.pops.filter((pop) => !isInPriceClass(pop, priceClass));
  if (excluded.length > 0)
    findings.push({
      code: "price_class",
      problem: `${it} has the price class ${priceClass}, which excludes ${excluded.length} of the POPs of this request: ${firstOf(excluded, MAX_POPS)}`,
      action: "Remove these POPs, or change the price class",
    });
  if (hasAnycastIps)
    findings.push({
      code: "anycast_ips",
      problem: `${it} has Anycast static IPs, so the DNS name of a POP may not lead to this POP`,
      action: "Warm one URL first, and check in the report that the selected POPs responded",
    });
  return findings;
}

const RULE_KINDS = { "rate-based": "rate-based rule", "bot-control": "Bot Control rule" };

/** @param what that AWS did not tell @param why what a caller may know of the reason */
export function notChecked(what: string, why: string): Finding {
  const action = why.endsWith(NOT_ALLOWED)
    ? "Allow this action to the role of the stack's function, or in a direct run to your own credentials; organization policies may deny it, too"
    : "Send this again, or check it in the CloudFront console";
  const problem = `${what} could not be read, so problems in it are not reported (${why.slice(0, MAX_TEXT)})`;
  return { code: "not_checked", problem, action };
}

function deploymentWarning(settings: DistributionSettings, wanted: WantedWarming): Finding[] {
  const { continuousDeployment: deployment, isStaging } = settings;
  if (deployment === undefined) return [];
  const warning = (problem: string, action: string): Finding[] => [{ code: "continuous_deployment", problem, action }];
  const it = named(settings, wanted);
  if (isStaging)
    return warning(
      `${it} is a staging distribution. CloudFront documents access to it only through the domain names of its primary distribution`,
      "If downloads fail, name the primary distribution in cf_domain and keep the header",
    );
  const { traffic, stagingDomains } = deployment;
  const both = `${it} has a continuous deployment policy. Its staging distribution ${stagingDomains.join(", ")} has a separate cache`;
  if ("weight" in traffic)
    return warning(
      `${both}. The policy routes ${percent(traffic.weight)} of the downloads to it, so some objects of the primary distribution stay cold`,
      "Disable the policy while you warm",
    );
  const line = headerLine(traffic.header);
  return wanted.variants.some(hasHeader(traffic.header))
    ? warning(
        `${both}. Downloads with the header ${line} warm only the staging distribution`,
        "To warm the primary distribution, send another request without this header",
      )
    : warning(
        `${both}. This request warms only the primary distribution`,
        `To warm the staging distribution, send another request with "header": ["${line}"]`,
      );
}

/** When a response tells which tier it comes from. */
export const TIER_TOLD =
  "To make CloudFront report the tier, attach a response headers policy with Server-Timing enabled (any sampling rate) to the cache behavior";

/** So many examples of a group of URLs. */
const MAX_URLS = 5;
const MAX_POPS = 20;
const MAX_PATTERNS = 20;
const MAX_POLICIES = 5;
/** So many path patterns of one kind of finding are told by themselves. */
const MAX_GROUPS = 5;
const MAX_TEXT = 200;

/** Findings about the URLs of one behaviour. */
const OF_BEHAVIOUR: readonly {
  readonly code: FindingCode;
  /** Whether it holds for a URL. */
  readonly holds: (behaviour: CacheBehaviour, url: string, wanted: WantedWarming) => boolean;
  readonly problem: (urls: string, behaviour: CacheBehaviour) => string;
  readonly action: string;
}[] = [
  {
    code: "not_cached",
    holds: ({ caching }) => caching !== undefined && !isCached(caching),
    problem: (urls) =>
      `CloudFront does not cache ${urls}, so they cannot be warmed, and each download reaches the origin`,
    action: "Leave them out, or use another cache policy: CachingDisabled, or a maximum TTL of 0, keeps nothing",
  },
  {
    code: "signed",
    holds: ({ isSigned }, url, { variants }) => isSigned && !isSignedUrl(url) && !variants.every(hasSignedCookies),
    problem: (urls) => `CloudFront requires a signed URL or signed cookies for ${urls}, and this request has neither`,
    action:
      "Sign the URLs, or send signed cookies in header: " +
      '["Cookie: CloudFront-Policy=…; CloudFront-Signature=…; CloudFront-Key-Pair-Id=…"]',
  },
  {
    code: "query_strings",
    holds: ({ caching }) => caching !== undefined && isCached(caching) && caching.queryStrings !== "none",
    problem: (urls, { caching }) =>
      `the cache key of ${urls} has ${keyWords(caching?.queryStrings, "query string")}: each value is cached as a separate object`,
    action: "List the URLs with the query strings that viewers send",
  },
  {
    code: "cookies",
    holds: ({ caching }) => caching !== undefined && isCached(caching) && caching.cookies !== "none",
    problem: (urls, { caching }) =>
      `the cache key of ${urls} has ${keyWords(caching?.cookies, "cookie")}: each value is cached as a separate object`,
    action: "Send the cookies of your viewers in header or variants, or take cookies out of the cache policy",
  },
  {
    code: "server_timing",
    holds: ({ hasServerTiming }, _, { isVerified }) => isVerified && hasServerTiming === false,
    problem: (urls) =>
      `hits of ${urls} will not indicate their cache tier, so they may come from a regional edge cache`,
    action: TIER_TOLD,
  },
];

function ofBehaviours({ behaviours }: DistributionSettings, wanted: WantedWarming): Finding[] {
  const groups = grouped(wanted.urls, (url) => behaviourOf(behaviours, ({ pathPattern }) => pathPattern, url));
  return OF_BEHAVIOUR.flatMap(({ code, holds, problem, action }) => {
    const found = [...groups].flatMap(([behaviour, urls]) => {
      if (behaviour === undefined) return [];
      const concerned = urls.filter((url) => holds(behaviour, url, wanted));
      return concerned.length === 0 ? [] : [{ behaviour, urls: concerned }];
    });
    const told = found.slice(0, MAX_GROUPS).map(({ behaviour, urls }): Finding => {
      const count = `${urls.length} ${urls.length === 1 ? "URL" : "URLs"} of the path pattern ${behaviour.pathPattern}`;
      return {
        code,
        problem: problem(`${count} (${firstOf(urls, MAX_URLS, (url) => url.slice(0, MAX_TEXT))})`, behaviour),
        action,
      };
    });
    const more = found.slice(MAX_GROUPS);
    if (more.length === 0) return told;
    const patterns = more.map(({ behaviour }) => behaviour.pathPattern);
    return [
      ...told,
      {
        code,
        problem: `the same problem exists for URLs of these other path patterns: ${firstOf(patterns, MAX_PATTERNS)}`,
        action,
      },
    ];
  });
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html */
function isSignedUrl(url: string): boolean {
  const query = url.split("?", 2)[1] ?? "";
  return /(?:^|&)Signature=/.test(query) && /(?:^|&)Key-Pair-Id=/.test(query);
}

function hasSignedCookies(headers: readonly Header[]): boolean {
  const cookies = headers.flatMap(([name, value]) => (name === "cookie" ? [value] : [])).join("; ");
  return cookies.includes("CloudFront-Signature=") && cookies.includes("CloudFront-Key-Pair-Id=");
}

type PolicyHeader = { readonly name: string; readonly value: string };

/** Whether a download has the header of a continuous deployment policy. */
function hasHeader({ name, value }: PolicyHeader): (headers: readonly Header[]) => boolean {
  return (headers) => headers.some(([own, its]) => own === name && its === value);
}

function headerLine({ name, value }: PolicyHeader): string {
  return `${name}: ${value}`;
}

function named({ id, domain }: DistributionSettings, { name, tenant }: WantedWarming): string {
  if (tenant !== undefined) return `the distribution ${id} behind the tenant ${name}`;
  return name === domain ? `the distribution ${id} (${domain})` : `the distribution ${id} of ${name}`;
}

function keyWords(part: KeyPart = "none", noun: "query string" | "cookie"): string {
  if (typeof part === "string") return `${part} ${noun}s`;
  return "only" in part
    ? `the ${noun}s ${firstOf(part.only, MAX_PATTERNS)}`
    : `all ${noun}s but ${firstOf(part.allExcept, MAX_PATTERNS)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}
