import { hostOf } from "../net/urls.ts";
import {
  type AllowedDistributions,
  hostOwners,
  notOwnedBy,
  type OwnDistribution,
  problemWith,
} from "../request/distributions.ts";
import { ApiError, firstOf } from "./api-error.ts";
import type { PrewarmRequest } from "./prewarm-request.ts";

const MAX_NAMED = 5;

type Hosts = Pick<PrewarmRequest, "cfDomain" | "urls">;

/**
 * Whether the URLs' distributions are among those that this deployment may warm, as far as the account's own tell: an alias
 * of another name is left to Get Size, which asks the DNS.
 * @throws ApiError 400
 */
export function checkAllowed(
  { cfDomain, urls }: Hosts,
  allowed: AllowedDistributions,
  own: readonly OwnDistribution[],
): void {
  const owner = hostOwners(own);
  const check = (field: string, host: string) => {
    const id = owner(host)?.id;
    const problem = id === undefined ? undefined : problemWith(allowed, id, host);
    if (problem !== undefined) throw new ApiError(400, `${field}: ${problem}`);
  };
  if (cfDomain !== undefined) check("cf_domain", cfDomain);
  // Also with `cf_domain`: CloudFront decides by the host whose request it is, and a wildcard alias covers hosts of others.
  for (const host of new Set(urls.map(hostOf))) check("url_list", host);
}

/** The hosts of the URLs that are not `cf_domain` itself. Usually there are none, and no distribution need be listed. */
export function otherHosts({ cfDomain, urls }: Hosts): string[] {
  return cfDomain === undefined ? [] : [...new Set(urls.map(hostOf).filter((host) => host !== cfDomain))];
}

/**
 * Whether the distribution that `cf_domain` names owns the URLs' hosts. One that does not answer to a host is asked under
 * its own domain, and would answer, and count, with another site's objects. One that has only a wildcard alias for it, where
 * another has a more specific one, would have the other's objects warmed.
 * @param own the distributions of this account; undefined: they could not be listed
 * @returns what could not be checked, as warnings for the caller
 * @throws ApiError 400, where the distribution is this account's and has no such name
 */
export function checkHosts(hosts: Hosts, own: readonly OwnDistribution[] | undefined): string[] {
  const { cfDomain = "", urls } = hosts;
  const others = otherHosts(hosts);
  const owner = hostOwners(own ?? []);
  const mine = owner(cfDomain);
  if (mine === undefined) {
    const why =
      own === undefined
        ? "the distributions of this account could not be listed"
        : `${cfDomain} is not a name of any distribution of this account`;
    return [`cf_domain: ${why}, so nobody checked that it serves ${firstOf(others, MAX_NAMED)}`];
  }
  const { id, domain, aliases } = mine;
  const strangers = new Set(others.filter((host) => owner(host)?.id !== id));
  if (strangers.size === 0) return [];
  const unowned = [...strangers].filter((host) => owner(host) === undefined);
  const owned = [...strangers].filter((host) => owner(host) !== undefined);
  const problems = [
    firstOf(
      owned.map((host) => notOwnedBy(id, host, owner) ?? ""),
      MAX_NAMED,
      "; ",
    ),
  ];
  if (unowned.length > 0)
    problems.push(
      `the distribution ${id} does not answer to ${firstOf(unowned, MAX_NAMED)}; ` +
        `its names are ${firstOf([domain, ...aliases], MAX_NAMED)}`,
    );
  const problem = problems.filter((text) => text !== "").join("; ");
  throw new ApiError(
    400,
    `cf_domain: ${problem}`,
    urls.filter((url) => strangers.has(hostOf(url))),
  );
}
