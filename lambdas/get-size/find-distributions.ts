import type { Distribution } from "../../domain/request/distribution.ts";
import { type OwnDistribution, ownerOf } from "../../domain/request/own-distribution.ts";

/** What finding a distribution needs: the account's own ones, and the DNS. */
export interface Sources {
  readonly own: () => Promise<readonly OwnDistribution[]>;
  readonly alias: (name: string) => Promise<string | undefined>;
}

const CLOUDFRONT = /\.cloudfront\.(net|cn)$/;
/** An alias of an alias of an alias is somebody's mistake. */
const MAX_ALIASES = 5;

/**
 * The distributions behind a request: one where its domain is given, else one for each that the URLs' hosts lead to.
 * A name leads to a distribution of the account that answers to it; else to the `*.cloudfront.net` name that the DNS
 * says it is an alias of; else it is taken as given, and its first label with it.
 */
export async function findDistributions(
  cfDomain: string | undefined,
  hosts: readonly string[],
  sources: Sources,
): Promise<Distribution[]> {
  const own = await sources.own();
  if (cfDomain !== undefined) return [await find(cfDomain, cfDomain, own, sources)];
  const byLabel = new Map<string, Distribution>();
  for (const host of hosts) {
    const found = await find(host, undefined, own, sources);
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
): Promise<Distribution> {
  const names = [name];
  for (let i = 0; i < MAX_ALIASES; i++) {
    const current = names.at(-1) ?? name;
    const mine = ownerOf(own, current);
    if (mine !== undefined) {
      return {
        label: firstLabel(mine.domain),
        domain: domain ?? mine.domain,
        id: mine.id,
        names: [mine.domain, ...mine.aliases],
      };
    }
    if (CLOUDFRONT.test(current)) break;
    const next = await sources.alias(current);
    if (next === undefined) break;
    names.push(next.toLowerCase().replace(/\.$/, ""));
  }
  const last = names.at(-1) ?? name;
  const label = firstLabel(CLOUDFRONT.test(last) ? last : name);
  return { label, ...(domain === undefined ? {} : { domain }), names: [] };
}

function firstLabel(name: string): string {
  return name.split(".", 1)[0] ?? name;
}
