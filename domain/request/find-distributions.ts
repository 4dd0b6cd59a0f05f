import { isIP } from "node:net";
import {
  type AllowedDistributions,
  cloudFrontLabel,
  type Distribution,
  hostOwners,
  notOwnedReason,
  type OwnDistribution,
  type OwnerOf,
  problemWith,
} from "./distributions.ts";

/** What finding a distribution needs: the account's own ones, and the DNS. */
export interface DistributionLookup {
  readonly distributions: { own(): Promise<readonly OwnDistribution[]> };
  readonly dns: { alias(name: string): Promise<string | undefined> };
}

/** An alias of an alias of an alias is somebody's mistake. */
const MAX_ALIASES = 5;

/** A `cf_domain` that no distribution could be found for. Without one, nothing is asked and nothing can be warmed. */
export class NoDistributionError extends Error {
  override readonly name = "NoDistributionError";
  /** @param why @default what a stack knows */
  constructor(host: string, why = noDistribution(host)) {
    super(`cf_domain: ${why}`);
  }
}

/** Why a host's URLs are bad: POPs are looked up under the distribution's label, and this host does not tell it. */
export function noDistribution(host: string): string {
  return (
    `${host} is no name of a distribution of this account, and the DNS shows no CNAME that leads from it to ` +
    "*.cloudfront.net; name the distribution's own domain as cf_domain, such as d111111abcdef8.cloudfront.net"
  );
}

/** What {@link findDistributions} found out. */
export interface FoundDistributions {
  readonly distributions: Distribution[];
  /** Hosts whose URLs must not be requested, with the reason: none of `distributions` owns them. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * The distributions behind a request: one where its domain is given, else one for each that the URLs' hosts lead to.
 * A name leads to a distribution of the account that answers to it; else to the `*.cloudfront.net` name that it is or that
 * the DNS says it is an alias of. A host that leads to neither is refused: whoever may start a request must not
 * have any server asked. So is a host of another distribution than the one that is given: CloudFront selects the
 * distribution by the `Host` header, whichever address receives the request.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-wildcard
 * @param hosts of all URLs
 * @throws NoDistributionError when the domain that is given leads to none
 */
export async function findDistributions(
  cfDomain: string | undefined,
  hosts: readonly string[],
  { distributions, dns }: DistributionLookup,
): Promise<FoundDistributions> {
  const owner = hostOwners(await distributions.own());
  const refused = new Map<string, string>();
  if (cfDomain === undefined) {
    const byLabel = new Map<string, Distribution>();
    for (const host of hosts) {
      const found = await find(host, owner, dns);
      if (found === undefined) refused.set(host, noDistribution(host));
      else byLabel.set(found.label, { ...found, hosts: [...(byLabel.get(found.label)?.hosts ?? []), host] });
    }
    return { distributions: [...byLabel.values()], refused };
  }
  const found = await find(cfDomain, owner, dns);
  if (found === undefined) throw new NoDistributionError(cfDomain);
  const { id } = found;
  // Of another account's, nobody can ask for its names. It is asked under `cf_domain` alone.
  if (id === undefined) return { distributions: [{ ...found, domain: cfDomain }], refused };
  for (const host of hosts) {
    const problem = host === cfDomain ? undefined : notOwnedReason(id, host, owner);
    if (problem !== undefined) refused.set(host, problem);
  }
  // A name that leads here by the DNS alone may be an alias of a distribution in another account: it is not asked with.
  return { distributions: [owner(cfDomain)?.id === id ? { ...found, domain: cfDomain } : found], refused };
}

/** Why a request must not be made: the first of its distributions that this deployment may not warm. */
export function notAllowedReason(
  allowed: AllowedDistributions,
  distributions: readonly Distribution[],
): string | undefined {
  return distributions
    .map(({ id, domain, hosts, label }) => problemWith(allowed, id, hosts?.[0] ?? domain ?? label))
    .find((problem) => problem !== undefined);
}

async function find(name: string, owner: OwnerOf, dns: DistributionLookup["dns"]): Promise<Distribution | undefined> {
  let current = name;
  for (let i = 0; i <= MAX_ALIASES; i++) {
    const mine = owner(current);
    if (mine !== undefined) {
      const { id, domain, aliases } = mine;
      const label = cloudFrontLabel(domain) ?? domain.split(".", 1)[0] ?? domain;
      return { label, domain, id, names: [domain, ...aliases] };
    }
    const label = cloudFrontLabel(current);
    if (label !== undefined) return { label, names: [] };
    // An address is no name: the DNS knows nothing of it.
    if (i === MAX_ALIASES || isIP(current.replace(/^\[|\]$/g, "")) !== 0) break;
    const next = await dns.alias(current);
    if (next === undefined) break;
    current = next.toLowerCase().replace(/\.$/, "");
  }
  return undefined;
}
