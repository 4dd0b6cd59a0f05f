import { errorFields } from "../../domain/log-fields.ts";
import { hostOf } from "../../domain/net/urls.ts";
import { allowsEvery } from "../../domain/request/distributions.ts";
import {
  type FoundDistributions,
  findDistributions,
  NoDistributionError,
  notAllowed,
} from "../../domain/request/find-distributions.ts";
import { inTime } from "../../domain/retry.ts";
import { ApiError, faultList, firstOf } from "../../domain/validation/api-error.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { ApiDeps } from "./deps.ts";

/** `problem`: why Get Size would end the request. */
type LookedUp = FoundDistributions & { readonly problem: string | undefined };

/**
 * The distributions of a request, as Get Size would find them.
 * @param ms how long they are waited for: large accounts have many pages to list
 * @returns undefined: they could not be looked up
 */
export async function lookUpDistributions(
  { distributions, dns, allowed, logger }: ApiDeps,
  domain: string | undefined,
  urls: readonly string[],
  ms: number,
): Promise<LookedUp | undefined> {
  const sources = { own: () => distributions.own(), alias: (name: string) => dns.alias(name) };
  try {
    const found = await inTime(ms, findDistributions(domain, [...new Set(urls.map(hostOf))], sources));
    return { ...found, problem: notAllowed(allowed, found.distributions) };
  } catch (error) {
    if (error instanceof NoDistributionError) return { distributions: [], refused: new Map(), problem: error.message };
    logger.warn("Distributions could not be looked up", { error: errorFields(error) });
    return undefined;
  }
}

/** API Gateway ends a call after 29 s, and the request has still to be made in them. */
const CHECK_MS = 10_000;

/**
 * Whether this deployment may warm the distributions of a request, and whether the one that `cf_domain` names owns the hosts of the
 * URLs. Usually it is the one host of all URLs, and every distribution is allowed: then nothing is looked up. Get Size looks them up
 * in any case, and tries for as long as it takes.
 * @returns what could not be checked, as warnings
 * @throws ApiError 400
 */
export async function checkDistributions(deps: ApiDeps, { item, urls }: PrewarmRequest): Promise<string[]> {
  const { cf_domain: domain } = item;
  const others = [...new Set(urls.map(hostOf))].filter((host) => domain !== undefined && host !== domain);
  if (others.length === 0 && allowsEvery(deps.allowed)) return [];
  const found = await lookUpDistributions(deps, domain, urls, CHECK_MS);
  const field = domain === undefined ? "url_list" : "cf_domain";
  if (found === undefined)
    return [`${field}: the distributions could not be looked up, so nobody checked the hosts of the URLs`];
  const { distributions, refused } = found;
  // What is none of this account's is left to Get Size: the DNS may answer otherwise then.
  const own = distributions.filter(({ id }) => id !== undefined);
  const problem = notAllowed(deps.allowed, own);
  if (problem !== undefined) throw new ApiError(400, `${field}: ${problem}`);
  // Without `cf_domain`, the URLs of a host that belongs to no distribution are bad, and the others are warmed.
  if (domain === undefined) return [];
  if (refused.size > 0) {
    const names = `the names of the distribution are ${firstOf(own.flatMap((it) => it.names))}`;
    const bad = urls.filter((url) => refused.has(hostOf(url)));
    throw new ApiError(400, `cf_domain: ${faultList([...refused.values(), names])}`, bad);
  }
  if (others.length === 0 || own.length > 0) return [];
  return [
    `cf_domain: ${domain} is not a name of any distribution of this account, so nobody checked that it serves ${firstOf(others)}`,
  ];
}
