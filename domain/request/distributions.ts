import * as z from "zod";
import type { TenantSettings } from "../distribution/settings.ts";
import { listVariable } from "../environment.ts";
import { MAX_HOSTS } from "../limits.ts";
import { hostsOf } from "../net/urls.ts";

/** A distribution that a request warms, or a distribution tenant, as far as it could be found out. */
export const distributionSchema = z.object({
  /**
   * First label of its `*.cloudfront.net` domain: POPs are looked up under it. Of a tenant, that of the routing endpoint of its
   * connection group, which it may share with others.
   */
  label: z.string(),
  /** Host to ask with where a URL's own host is not one of `names`; absent, as of every tenant: the URL's own always. */
  domain: z.string().optional(),
  /** Its id, when it lies in this account. Of a tenant, that of its multi-tenant distribution, which has its settings. */
  id: z.string().optional(),
  /** The id of the tenant, when it is one and lies in this account. */
  tenant: z.string().optional(),
  /** Every name it answers to (aliases may be wildcards); empty when it lies in another account. */
  names: z.array(z.string()),
  /** Hosts of the URLs that are its; absent: all. */
  hosts: z.array(z.string()).optional(),
});

export type Distribution = z.infer<typeof distributionSchema>;

/** The distribution that serves a URL's host. */
export function distributionOf(distributions: readonly Distribution[], host: string): Distribution | undefined {
  return distributions.find(({ hosts }) => hosts === undefined || hosts.includes(host));
}

/** The id under which it is invalidated, and which the stack's list of distributions has: a tenant's is its own. */
export function invalidatedId({ id, tenant }: Pick<Distribution, "id" | "tenant">): string | undefined {
  return tenant ?? id;
}

/** Whether an id is that of a distribution tenant: `dt_2wjDZi3hD1ivOXf6rpZJO1AB`. */
export function isTenantId(id: string): boolean {
  return id.startsWith("dt_");
}

const CLOUDFRONT_NAME = /^([a-z0-9-]{1,63})(?:\.[a-z0-9-]{1,63})?\.cloudfront\.(?:net|cn)$/i;

/** The label of a distribution's own domain, or of its name at a POP; undefined for any other name. */
export function cloudFrontLabel(name: string): string | undefined {
  return CLOUDFRONT_NAME.exec(name)?.[1]?.toLowerCase();
}

/** Host and SNI with which a URL is asked for, so that the POP finds the distribution; with the URL's port, if it has one. */
export function requestHost(distribution: Distribution, url: URL): string {
  const { domain, names } = distribution;
  if (domain === undefined || names.some((name) => matchesName(url.hostname, name))) return url.host;
  return url.port === "" ? domain : `${domain}:${url.port}`;
}

/**
 * Whether a host is a name, or lies under a wildcard alias: `*.example.com` covers `a.example.com` and `a.b.example.com`.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-wildcard.html
 */
export function matchesName(host: string, name: string): boolean {
  if (!name.startsWith("*.")) return host.toLowerCase() === name.toLowerCase();
  const end = name.slice(1).toLowerCase();
  return host.length > end.length && !host.startsWith(".") && host.toLowerCase().endsWith(end);
}

/** A distribution of this account, or what it has for multi-tenant distributions: tenants and connection groups. */
export interface AccountDistribution {
  /** Of a tenant, that of its multi-tenant distribution; of a connection group, its own. */
  readonly id: string;
  /** The tenant's own id, if it is one. */
  readonly tenant?: string | undefined;
  /** Its `*.cloudfront.net` domain. Of a tenant, the routing endpoint of its connection group, which is no name of the tenant. */
  readonly domain: string;
  /** Its alternate domain names, or the tenant's domains; may be wildcards. */
  readonly aliases: readonly string[];
  /** What it is, if CloudFront serves nothing under its names. */
  readonly unserved?: "multi-tenant distribution" | "connection group" | "disabled tenant" | undefined;
  /** Of a tenant. */
  readonly settings?: TenantSettings | undefined;
  /** Of a multi-tenant distribution: why a name may be that of a tenant that was not found. Absent: it is none's. */
  readonly unlisted?: string | undefined;
}

/** Why not all distribution tenants of the account may be known; undefined: they are, or there are none. */
export function unlistedReason(listed: readonly AccountDistribution[]): string | undefined {
  const reason = listed.find(({ unlisted }) => unlisted !== undefined)?.unlisted;
  return reason === undefined ? undefined : `the account's distribution tenants could not be looked up (${reason})`;
}

/** What is wrong with a name, and what to do: sentences without the last full stop. */
interface NameProblem {
  readonly problem: string;
  readonly action: string;
}

/** Why nothing can be warmed under a name of the account; undefined: CloudFront serves it. */
export function unservedProblem(name: string, { id, tenant, unserved }: AccountDistribution): NameProblem | undefined {
  switch (unserved) {
    case undefined:
      return undefined;
    case "multi-tenant distribution":
      return {
        problem: `${name} belongs to the multi-tenant distribution ${id}, which serves no traffic itself`,
        action: "Use the domain of one of its distribution tenants",
      };
    case "connection group":
      return {
        problem: `${name} is the routing endpoint of the connection group ${id}, which serves only the domains of its distribution tenants`,
        action: "Use one of these domains in the URLs, and remove cf_domain",
      };
    case "disabled tenant":
      return {
        problem: `${name} belongs to the distribution tenant ${tenant}, which serves no traffic, because it or its connection group is disabled`,
        action: "Enable it, then send this again",
      };
  }
}

/** The same as one text. */
export function unservedReason(name: string, owner: AccountDistribution): string | undefined {
  const found = unservedProblem(name, owner);
  return found && `${found.problem}. ${found.action}`;
}

/** The distribution of the account that owns a host; undefined: none does. */
export type OwnerOf = (host: string) => AccountDistribution | undefined;

/**
 * Finds the distribution that owns a host: of all names that cover it the most specific decides, so that an exact name goes
 * before a wildcard, and `*.a.example.com` before `*.example.com`. A request may name 60,000 hosts, an account has
 * thousands of names: a look-up tries the ends of the host that are no longer than the longest wildcard.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-wildcard
 */
export function hostOwners(listed: readonly AccountDistribution[]): OwnerOf {
  const byName = new Map<string, AccountDistribution>();
  for (const distribution of listed)
    for (const name of namesOf(distribution)) byName.set(name.toLowerCase(), distribution);
  const longest = Math.max(
    0,
    ...[...byName.keys()].filter((name) => name.startsWith("*.")).map(({ length }) => length),
  );
  return (host) => {
    for (const name of namesCovering(host, longest)) {
      const owner = byName.get(name);
      if (owner !== undefined) return owner;
    }
    return undefined;
  };
}

/**
 * The names that may lead to a host, the most specific first: the host itself, then wildcards.
 * @param longest so long are wildcards at the most
 */
export function* namesCovering(host: string, longest = host.length): Generator<string> {
  const name = host.toLowerCase();
  if (!name.startsWith("*.")) yield name;
  // Of `*.example.com`, the end is all but the asterisk.
  for (
    let dot = name.indexOf(".", Math.max(1, name.length - longest + 1));
    dot !== -1;
    dot = name.indexOf(".", dot + 1)
  )
    yield `*${name.slice(dot)}`;
}

/** Every name that leads to it. */
export function namesOf({ tenant, domain, aliases }: AccountDistribution): string[] {
  return tenant === undefined ? [domain, ...aliases] : [...aliases];
}

/**
 * Why URLs of a host must not be requested as URLs of a distribution of the account. A wildcard alias that covers the host
 * is not enough: another distribution may have a more specific alias, and CloudFront gives the request to that one.
 * @param id of the distribution, or of the tenant
 * @returns undefined: the distribution owns the host
 */
export function notOwnedReason(id: string, host: string, ownerOfHost: OwnerOf): string | undefined {
  const owner = ownerOfHost(host);
  if (owner === undefined) return `${kindAndId(id)} does not serve ${host}`;
  const ownerId = invalidatedId(owner) ?? "";
  return ownerId === id
    ? undefined
    : (unservedReason(host, owner) ?? `${host} belongs to ${kindAndId(ownerId)}, not to ${id}`);
}

/** A distribution or a tenant, by its id, in a sentence. */
export function kindAndId(id: string): string {
  return `the distribution ${isTenantId(id) ? "tenant " : ""}${id}`;
}

/** The stack's parameter that names them. */
export const DISTRIBUTIONS_PARAMETER = "distributions";
/** In place of ids: every distribution, in whatever account. */
export const EVERY_DISTRIBUTION = "*";

/**
 * Ids of the distributions and distribution tenants that may be warmed and invalidated; `*` among them: every one. The id of a
 * multi-tenant distribution allows none of its tenants: a policy of IAM cannot name the tenants of a distribution.
 */
export type AllowedDistributions = readonly string[];

/** As a variable has them: separated by commas. */
export const allowedDistributionsSchema = listVariable.pipe(z.array(z.string()).min(1));

/**
 * What is wrong with a distribution; undefined: it may be warmed.
 * @param id of it, or of the tenant; undefined: it is none of this account's
 * @param name what the request calls it, such as a host
 */
export function problemWith(allowed: AllowedDistributions, id: string | undefined, name: string): string | undefined {
  if (allowsEvery(allowed) || (id !== undefined && allowed.includes(id))) return undefined;
  const is = id === undefined ? "belongs to no distribution of this account" : `belongs to ${kindAndId(id)}`;
  return `${name} ${is}, but this deployment allows only ${allowed.join(", ")} (stack parameter ${DISTRIBUTIONS_PARAMETER})`;
}

/** Whether the list leaves nothing out, so that nothing has to be looked up. */
export function allowsEvery(allowed: AllowedDistributions): boolean {
  return allowed.includes(EVERY_DISTRIBUTION);
}

/** What is wrong with URLs that come without `cf_domain`: each host is looked up, and kept. undefined: nothing. */
export function tooManyHosts(urls: readonly string[]): string | undefined {
  const hosts = hostsOf(urls);
  if (hosts.length <= MAX_HOSTS) return undefined;
  return `cf_domain: is required if the URLs have more than ${MAX_HOSTS} different hosts; they have ${hosts.length}`;
}
