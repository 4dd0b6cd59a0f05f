import { hostOf } from "../net/urls.ts";
import {
  type AllowedDistributions,
  hostOwners,
  notOwnedBy,
  type OwnDistribution,
  problemWith,
} from "../request/distributions.ts";
import { ApiError, faultList, firstOf } from "./api-error.ts";
import type { PrewarmRequest } from "./prewarm-request.ts";

/** The hosts of the URLs that are not `cf_domain` itself. Usually there are none, and no distribution need be listed. */
export function otherHosts({ item: { cf_domain: domain }, urls }: PrewarmRequest): string[] {
  return domain === undefined ? [] : [...new Set(urls.map(hostOf).filter((host) => host !== domain))];
}

/**
 * Whether the hosts of a request belong to distributions that it may warm, as far as those of the account tell: an alias of another
 * name is left to Get Size, which asks the DNS. Then whether the distribution that `cf_domain` names owns the hosts of the URLs: one
 * that does not answer to a host is asked under its own domain, and would answer, and count, with another site's objects. One that
 * has only a wildcard alias for it, where another has a more specific one, would have the other's objects warmed.
 * @param own the distributions of this account; undefined: they could not be listed
 * @returns what could not be checked, as warnings for the caller
 * @throws ApiError 400
 */
export function checkHosts(
  request: PrewarmRequest,
  allowed: AllowedDistributions,
  own: readonly OwnDistribution[] | undefined,
): string[] {
  const { item, urls } = request;
  const owner = hostOwners(own ?? []);
  const check = (field: string, host: string) => {
    const id = owner(host)?.id;
    const problem = id === undefined ? undefined : problemWith(allowed, id, host);
    if (problem !== undefined) throw new ApiError(400, `${field}: ${problem}`);
  };
  if (item.cf_domain !== undefined) check("cf_domain", item.cf_domain);
  // Also with `cf_domain`: CloudFront decides by the host whose request it is, and a wildcard alias covers hosts of others.
  for (const host of new Set(urls.map(hostOf))) check("url_list", host);
  const others = otherHosts(request);
  const { cf_domain: domain = "" } = item;
  const mine = owner(domain);
  if (others.length === 0) return [];
  if (mine === undefined) {
    const why =
      own === undefined
        ? "the distributions of this account could not be listed"
        : `${domain} is not a name of any distribution of this account`;
    return [`cf_domain: ${why}, so nobody checked that it serves ${firstOf(others)}`];
  }
  const problems = new Map(others.map((host) => [host, notOwnedBy(mine.id, host, owner)]));
  const bad = urls.filter((url) => problems.get(hostOf(url)) !== undefined);
  if (bad.length === 0) return [];
  const faults = [...problems.values()].filter((problem) => problem !== undefined);
  const names = firstOf([mine.domain, ...mine.aliases]);
  throw new ApiError(400, `cf_domain: ${faultList([...faults, `the names of ${mine.id} are ${names}`])}`, bad);
}
