import { isIP } from "node:net";
import { cloudFrontLabel, type Distribution } from "../domain/request/distribution.ts";
import { type OwnDistribution, ownerOf } from "../domain/request/own-distribution.ts";

/** What finding a distribution needs: the account's own ones, and the DNS. */
export interface Sources {
  readonly own: () => Promise<readonly OwnDistribution[]>;
  readonly alias: (name: string) => Promise<string | undefined>;
}

/** An alias of an alias of an alias is somebody's mistake. */
const MAX_ALIASES = 5;

/** A `cf_domain` that no distribution could be found for. Without one, nothing is asked and nothing can be warmed. */
export class NoDistributionError extends Error {
  override readonly name = "NoDistributionError";
  constructor(host: string) {
    super(`cf_domain: ${noDistribution(host)}`);
  }
}

/** Why a host's URLs are bad: POPs are looked up under the distribution's label, and this host does not tell it. */
export function noDistribution(host: string): string {
  return (
    `${host} is no name of a distribution of this account, and the DNS shows no CNAME that leads from it to ` +
    "*.cloudfront.net; name the distribution's own domain as cf_domain, such as d111111abcdef8.cloudfront.net"
  );
}

/**
 * The distributions behind a request: one where its domain is given, else one for each that the URLs' hosts lead to.
 * A name leads to a distribution of the account that answers to it; else to the `*.cloudfront.net` name that it is or that
 * the DNS says it is an alias of. A host that leads to neither is in none of them: whoever may start a request must not
 * have any server asked.
 * @throws NoDistributionError when the domain that is given leads to none
 */
export async function findDistributions(
  cfDomain: string | undefined,
  hosts: readonly string[],
  sources: Sources,
): Promise<Distribution[]> {
  const own = await sources.own();
  if (cfDomain !== undefined) {
    const given = await find(cfDomain, cfDomain, own, sources);
    if (given === undefined) throw new NoDistributionError(cfDomain);
    return [given];
  }
  const byLabel = new Map<string, Distribution>();
  for (const host of hosts) {
    const found = await find(host, undefined, own, sources);
    if (found === undefined) continue;
    const known = byLabel.get(found.label);
    byLabel.set(found.label, { ...found, hosts: [...(known?.hosts ?? []), host] });
  }
  return [...byLabel.values()];
}

async function find(
  name: string,
  domain: string | undefined,
  own: readonly OwnDistribution[],
  sources: Sources,
): Promise<Distribution | undefined> {
  let current = name;
  for (let i = 0; i <= MAX_ALIASES; i++) {
    const mine = ownerOf(own, current);
    if (mine !== undefined) return ownDistribution(mine, domain);
    const label = cloudFrontLabel(current);
    if (label !== undefined) return { label, ...(domain === undefined ? {} : { domain }), names: [] };
    // An address is no name: the DNS knows nothing of it.
    if (i === MAX_ALIASES || isIP(current.replace(/^\[|\]$/g, "")) !== 0) break;
    const next = await sources.alias(current);
    if (next === undefined) break;
    current = next.toLowerCase().replace(/\.$/, "");
  }
  return undefined;
}

function ownDistribution({ id, domain: own, aliases }: OwnDistribution, domain: string | undefined): Distribution {
  return {
    label: cloudFrontLabel(own) ?? own.split(".", 1)[0] ?? own,
    domain: domain ?? own,
    id,
    names: [own, ...aliases],
  };
}
