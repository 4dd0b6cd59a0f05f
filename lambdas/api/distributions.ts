import { firstOf } from "../../domain/collections.ts";
import { findingText } from "../../domain/distribution/findings.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { hostOf, hostsOf } from "../../domain/net/urls.ts";
import {
  allowsEvery,
  hostOwners,
  invalidatedId,
  kindAndId,
  namesOf,
  notOwnedReason,
  problemWith,
  unlistedReason,
  unservedReason,
} from "../../domain/request/distributions.ts";
import {
  type FoundDistributions,
  findDistributions,
  NoDistributionError,
  notAllowedReason,
  unlistedProblem,
  unverifiedReason,
} from "../../domain/request/find-distributions.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { checkSettings, type SettingsCheck, type SettingsSource } from "../../domain/request/settings-check.ts";
import { withTimeout } from "../../domain/retry.ts";
import { ApiError, faultList } from "../../domain/validation/api-error.ts";
import { type AdaptedRequest, applySettings } from "../../domain/validation/apply-settings.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { ApiDeps } from "./deps.ts";

/** `problem`: why Get Size would end the request. */
type LookedUp = FoundDistributions & { readonly problem: string | undefined };

/** How long a dry run waits for the distributions: large accounts have many pages to list. */
export const FIND_MS = 3_000;

/**
 * The distributions of a request, as Get Size would find them.
 * @returns undefined: they could not be looked up
 */
export async function lookUpDistributions(
  { distributions, dns, allowed, logger }: ApiDeps,
  { item }: Pick<PrewarmRequest, "item">,
  urls: readonly string[],
): Promise<LookedUp | undefined> {
  try {
    const found = await withTimeout(FIND_MS, findDistributions(item.cf_domain, hostsOf(urls), { distributions, dns }));
    return { ...found, problem: notAllowedReason(allowed, found) ?? unlistedProblem(item, found) };
  } catch (error) {
    if (error instanceof NoDistributionError) return { distributions: [], refused: new Map(), problem: error.message };
    logger.warn("Distributions could not be looked up", { error: errorFields(error) });
    return undefined;
  }
}

/** API Gateway ends a call after 29 s, and the request has still to be made, or a dry run to be done, in them. */
const CHECK_MS = 8_000;

/**
 * Whether this deployment may warm the distributions of a request, and whether the one that `cf_domain` names owns the hosts of the
 * URLs, as far as the account's own distributions tell. Usually `cf_domain` is the one host of all URLs, and every distribution is
 * allowed: then nothing is listed. An alias of another name is left to Get Size: it asks the DNS, and no caller's DNS server can
 * hold up or prevent this check.
 * @returns what could not be checked, as warnings
 * @throws ApiError 400; any other error where distributions are restricted and cannot be listed
 */
async function checkDistributions(
  { distributions, allowed, logger }: ApiDeps,
  { item, urls }: PrewarmRequest,
): Promise<string[]> {
  const { cf_domain: domain } = item;
  const hosts = hostsOf(urls);
  const others = domain === undefined ? [] : hosts.filter((host) => host !== domain);
  if (others.length === 0 && allowsEvery(allowed)) return [];
  const names = domain === undefined ? hosts : [domain, ...hosts];
  const listed = await withTimeout(CHECK_MS, distributions.listFor(names)).catch((error: unknown) => {
    if (!allowsEvery(allowed)) throw error;
    logger.warn("Distributions could not be looked up", { error: errorFields(error) });
    return undefined;
  });
  if (listed === undefined)
    return ["cf_domain: the distributions could not be looked up, so the hosts of the URLs were not checked"];
  const ownerOf = hostOwners(listed);
  const check = (field: string, host: string) => {
    const owner = ownerOf(host);
    if (owner === undefined) return;
    const problem = unservedReason(host, owner) ?? problemWith(allowed, invalidatedId(owner), host);
    if (problem !== undefined) throw new ApiError(400, `${field}: ${problem}`);
  };
  if (domain !== undefined) check("cf_domain", domain);
  // Whatever `cf_domain` is: CloudFront selects the distribution by the host that is asked for.
  for (const host of hosts) check("url_list", host);
  const unverified = unverifiedReason(allowed, unlistedReason(listed));
  if (unverified !== undefined) throw new ApiError(400, `url_list: ${unverified}`);
  if (domain === undefined || others.length === 0) return [];
  const named = ownerOf(domain);
  if (named === undefined) {
    const unlisted = unlistedReason(listed);
    return [
      `cf_domain: ${domain} is not a name of any distribution of this account, so it was not checked whether it serves ${firstOf(others)}` +
        (unlisted === undefined ? "" : `; ${unlisted}`),
    ];
  }
  const id = invalidatedId(named) ?? "";
  const strangers = others.filter((host) => notOwnedReason(id, host, ownerOf) !== undefined);
  if (strangers.length === 0) return [];
  const refused = new Set(strangers);
  throw new ApiError(
    400,
    `cf_domain: the names of ${kindAndId(id)} are ${firstOf(namesOf(named))}; ` +
      firstOf(strangers, undefined, (host) => notOwnedReason(id, host, ownerOf) ?? ""),
    urls.filter((url) => refused.has(hostOf(url))),
  );
}

/**
 * A request as the settings of its distributions make it, and what may stand in its way, as warnings. The last check: it takes calls of
 * CloudFront, and a request that another check refuses makes none.
 * @param options `retried`: the request that it tries again; undefined: none
 * @throws ApiError 400: one of them would serve nothing, or nothing is left to warm
 */
export async function adaptToSettings(
  deps: ApiDeps,
  asked: PrewarmRequest,
  options: { readonly retried: RequestItem | undefined; readonly isStarting: boolean },
): Promise<AdaptedRequest & Pick<SettingsCheck, "idOf">> {
  const { distributions, settings } = deps;
  const request = { ...asked, warnings: [...asked.warnings, ...(await checkDistributions(deps, asked))] };
  const source: SettingsSource = {
    listFor: (hosts) => distributions.listFor(hosts),
    settings: (query) => settings.read(query),
  };
  const {
    refusals,
    refusedUrls,
    stored = [],
    areAllKnown,
    idOf,
    ...check
  } = await checkSettings(source, { ...request, ...options });
  if (refusals.length > 0) throw new ApiError(400, faultList(refusals.map(findingText)), refusedUrls);
  const adapted = applySettings(request, { settings: stored, areAllKnown, idOf });
  return { ...adapted, warnings: [...adapted.warnings, ...check.warnings.map(findingText)], idOf };
}
