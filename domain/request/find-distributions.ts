import { isIP } from "node:net";
import { DnsLookupError } from "../net/resolver.ts";
import {
  type AccountDistribution,
  type AllowedDistributions,
  allowsEvery,
  cloudFrontLabel,
  type Distribution,
  hostOwners,
  invalidatedId,
  namesOf,
  notOwnedReason,
  type OwnerOf,
  problemWith,
  unlistedReason,
  unservedReason,
} from "./distributions.ts";
import { type InvalidationOptions, invalidatingFields } from "./invalidation.ts";

/** What finding a distribution needs: those of the account, and the DNS. */
export interface DistributionLookup {
  readonly distributions: { listFor(hosts: readonly string[]): Promise<readonly AccountDistribution[]> };
  readonly dns: { alias(name: string): Promise<string | undefined> };
}

/** An alias of an alias of an alias is somebody's mistake. */
const MAX_ALIASES = 5;

/** A `cf_domain` that no distribution could be found for. Without one, nothing is asked and nothing can be warmed. */
export class NoDistributionError extends Error {
  override readonly name = "NoDistributionError";
  constructor(why: string) {
    super(`cf_domain: ${why}`);
  }
}

/**
 * Why a host's URLs are bad: POPs are looked up under the distribution's label, and this host does not tell it.
 * @param missing which name the DNS does not have. @default it has all of them
 */
export function noDistribution(host: string, missing?: string): string {
  const own = "the distribution's own domain, such as d111111abcdef8.cloudfront.net";
  return missing === undefined
    ? `${host} is not a domain name of a distribution of this account, and DNS has no CNAME from it to *.cloudfront.net; ` +
        `set cf_domain to ${own}`
    : `${missing}, and ${host} is not a domain name of a distribution of this account; ` +
        `correct the host name, or set cf_domain to ${own}`;
}

/** Says why a name leads to no distribution. @param missing which name the DNS does not have, in words */
export type Explain = (name: string, missing: string | undefined) => string;

/** What {@link findDistributions} found out. */
export interface FoundDistributions {
  readonly distributions: Distribution[];
  /** Hosts whose URLs must not be requested, with the reason: none of `distributions` owns them. */
  readonly refused: ReadonlyMap<string, string>;
  /** Why what looks like another account's may be a tenant of this one. Absent: it is another account's. */
  readonly unlisted?: string | undefined;
}

/**
 * The distributions behind a request: one where its domain is given, else one for each that the URLs' hosts lead to.
 * A name leads to a distribution or a distribution tenant of the account that answers to it; else to the `*.cloudfront.net` name that
 * it is or that the DNS says it is an alias of. A host that leads to neither is refused: whoever may start a request must not
 * have any server asked. So is a host of another distribution than the one that is given: CloudFront selects the
 * distribution by the `Host` header, whichever address receives the request.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-wildcard
 * @param hosts of all URLs
 * @param explain why a name leads to none @default what a stack knows
 * @throws NoDistributionError when the domain that is given leads to none
 */
export async function findDistributions(
  cfDomain: string | undefined,
  hosts: readonly string[],
  { distributions, dns }: DistributionLookup,
  explain: Explain = noDistribution,
): Promise<FoundDistributions> {
  const listed = await distributions.listFor(cfDomain === undefined ? hosts : [cfDomain, ...hosts]);
  const owner = hostOwners(listed);
  const unlisted = unlistedReason(listed);
  const explainWhole: Explain = (name, missing) =>
    [explain(name, missing), unlisted].filter((part) => part !== undefined).join("; ");
  const find = (name: string) => findDistribution(name, owner, dns, explainWhole);
  const refused = new Map<string, string>();
  if (cfDomain === undefined) {
    // Tenants of one connection group have the same label.
    const byKey = new Map<string, Distribution>();
    for (const host of hosts) {
      const found = await find(host);
      if ("problem" in found) refused.set(host, found.problem);
      else {
        const key = found.tenant ?? found.label;
        byKey.set(key, { ...found, hosts: [...(byKey.get(key)?.hosts ?? []), host] });
      }
    }
    return { distributions: [...byKey.values()], refused, unlisted };
  }
  const found = await find(cfDomain);
  if ("problem" in found) throw new NoDistributionError(found.problem);
  const id = invalidatedId(found);
  // Of another account's, nobody can ask for its names. It is asked under `cf_domain` alone.
  if (id === undefined) return { distributions: [{ ...found, domain: cfDomain }], refused, unlisted };
  for (const host of hosts) {
    const problem = host === cfDomain ? undefined : notOwnedReason(id, host, owner);
    if (problem !== undefined) refused.set(host, problem);
  }
  // A name that leads here by the DNS alone may be an alias of a distribution in another account: it is not asked with. Nor is any
  // name of a tenant but the URL's own.
  const isName = found.tenant === undefined && owner(cfDomain)?.id === id;
  return { distributions: [isName ? { ...found, domain: cfDomain } : found], refused, unlisted };
}

/** Why a request must not be made: the first of its distributions that this deployment may not warm. */
export function notAllowedReason(
  allowed: AllowedDistributions,
  { distributions, unlisted }: FoundDistributions,
): string | undefined {
  for (const distribution of distributions) {
    const id = invalidatedId(distribution);
    const problem = problemWith(allowed, id, nameOf(distribution));
    if (problem !== undefined) return id === undefined && unlisted !== undefined ? `${problem}; ${unlisted}` : problem;
  }
  return unverifiedReason(allowed, unlisted);
}

/**
 * Why it is unknown whether a deployment may warm all hosts: a tenant that was not looked up may own one that a wildcard covers.
 * @param unlisted why tenants may be missing
 */
export function unverifiedReason(allowed: AllowedDistributions, unlisted: string | undefined): string | undefined {
  if (unlisted === undefined || allowsEvery(allowed)) return undefined;
  return `it is unknown whether this deployment may warm all hosts of the URLs (its parameter distributions): ${unlisted}`;
}

/** Why it is unknown whether anything of a request can be invalidated; undefined: it is known. */
export function unlistedProblem(
  invalidating: InvalidationOptions,
  { distributions, unlisted }: FoundDistributions,
): string | undefined {
  const foreign = distributions.find(({ id }) => id === undefined);
  const fields = invalidatingFields(invalidating);
  if (fields === "" || unlisted === undefined || foreign === undefined) return undefined;
  return `${fields}: it is unknown whether ${nameOf(foreign)} belongs to this account: ${unlisted}`;
}

function nameOf({ hosts, domain, names, label }: Distribution): string {
  return hosts?.[0] ?? domain ?? names[0] ?? label;
}

/** The distribution that a name leads to, or why there is none. */
async function findDistribution(
  name: string,
  owner: OwnerOf,
  dns: DistributionLookup["dns"],
  explain: Explain,
): Promise<Distribution | { readonly problem: string }> {
  let current = name;
  for (let i = 0; i <= MAX_ALIASES; i++) {
    const mine = owner(current);
    const unserved = mine && unservedReason(current, mine);
    if (current === name && unserved !== undefined) return { problem: unserved };
    // A tenant answers to no alias that only the DNS has, and a routing endpoint is where the domains of its tenants lead.
    if (mine !== undefined && (current === name || (mine.tenant ?? unserved) === undefined))
      return toDistribution(mine);
    const label = cloudFrontLabel(current);
    if (label !== undefined) return { label, names: [] };
    // An address is no name: the DNS knows nothing of it.
    if (i === MAX_ALIASES || isIP(current.replace(/^\[|\]$/g, "")) !== 0) break;
    const next = await aliasOf(current, dns);
    if (next instanceof DnsLookupError) {
      const missing = current === name ? next.message : `${next.message} (${name} is an alias of it)`;
      return { problem: explain(name, missing) };
    }
    if (next === undefined) break;
    current = next.toLowerCase().replace(/\.$/, "");
  }
  return { problem: explain(name, undefined) };
}

/** The error if the name does not exist. */
async function aliasOf(name: string, dns: DistributionLookup["dns"]): Promise<string | DnsLookupError | undefined> {
  return dns.alias(name).catch((error: unknown) => {
    if (error instanceof DnsLookupError) return error;
    throw error;
  });
}

function toDistribution(own: AccountDistribution): Distribution {
  const { id, tenant, domain } = own;
  const label = cloudFrontLabel(domain) ?? domain.split(".", 1)[0] ?? domain;
  const names = namesOf(own);
  return tenant === undefined ? { label, domain, id, names } : { label, id, tenant, names };
}
