import { hostsOf } from "../net/urls.ts";
import { hostOwners, type OwnDistribution } from "../request/distributions.ts";
import type { RequestItem } from "../request/request-item.ts";

/**
 * Whether a URL that a source names is of a distribution that the request is about. With `cf_domain`: of the distribution
 * that this names. Without: of those that serve what the caller named. Nobody can ask which names a distribution of another
 * account has; of such a one only `cf_domain` and what the caller named count.
 * @param urls `url_list` of the caller, who named the sources, too: each has an address or a base
 * @param own the distributions of this account
 */
export function servedHosts(
  { cf_domain: cfDomain, sources = [] }: RequestItem,
  urls: readonly string[],
  own: readonly OwnDistribution[],
): (host: string) => boolean {
  const ofSources = sources.flatMap(({ url, base }) => [url, base]).filter((it) => it !== undefined);
  const named = new Set([...hostsOf(urls), ...ofSources.map((it) => new URL(it).hostname)]);
  const about = cfDomain === undefined ? [...named] : [cfDomain];
  const ownerOf = hostOwners(own);
  const owners = about.map((host) => ownerOf(host)?.id);
  const ids = new Set(owners.filter((id) => id !== undefined));
  const strangers = owners.includes(undefined) ? new Set([...about, ...named]) : new Set<string>();
  return (host) => {
    const owner = ownerOf(host);
    return owner === undefined ? strangers.has(host) : ids.has(owner.id);
  };
}
