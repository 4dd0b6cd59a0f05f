import type { Logger } from "@aws-lambda-powertools/logger";
import type { Distributions } from "../../aws/distributions.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { hostOf } from "../../domain/net/urls.ts";
import {
  type AllowedDistributions,
  allowsEvery,
  hostOwners,
  type OwnDistribution,
  type OwnerOf,
  problemWith,
} from "../../domain/request/distributions.ts";
import { inTime } from "../../domain/retry.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { RefusedError } from "../../domain/validation/refused-error.ts";

const MAX_NAMED = 5;
/** API Gateway ends a call after 29 s, and the request has still to be made in them. Large accounts have many pages to list. */
const PATIENCE_MS = 10_000;

export interface CheckHostsDeps {
  readonly distributions: Pick<Distributions, "own">;
  readonly allowed: AllowedDistributions;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Whether the URLs' distributions are among those that this deployment may warm, as far as the account's own tell: an alias
 * of another name is left to Get Size, which asks the DNS.
 * @throws RefusedError 400
 */
export async function checkAllowed(deps: CheckHostsDeps, { cfDomain, urls }: PrewarmRequest): Promise<void> {
  if (allowsEvery(deps.allowed)) return;
  const owner = hostOwners(await deps.distributions.own());
  const check = (field: string, host: string) => {
    const id = owner(host)?.id;
    const problem = id === undefined ? undefined : problemWith(deps.allowed, id, host);
    if (problem !== undefined) throw new RefusedError(400, `${field}: ${problem}`);
  };
  if (cfDomain !== undefined) check("cf_domain", cfDomain);
  // Also with `cf_domain`: CloudFront decides by the host whose request it is, and a wildcard alias covers hosts of others.
  for (const host of new Set(urls.map(hostOf))) check("url_list", host);
}

/**
 * Whether the distribution that `cf_domain` names owns the URLs' hosts. One that does not answer to a host is asked under
 * its own domain, and would answer, and count, with another site's objects. One that has only a wildcard alias for it, where
 * another has a more specific one, would have the other's objects warmed.
 * @returns what could not be checked, as warnings for the caller
 * @throws RefusedError 400, where the distribution is this account's and has no such name
 */
export async function checkHosts(
  deps: CheckHostsDeps,
  { cfDomain, urls }: Pick<PrewarmRequest, "cfDomain" | "urls">,
  patienceMs = PATIENCE_MS,
): Promise<string[]> {
  if (cfDomain === undefined) return [];
  const others = new Set(urls.map(hostOf).filter((host) => host !== cfDomain));
  // The usual case, and it costs no call.
  if (others.size === 0) return [];
  const own = await inTime(patienceMs, deps.distributions.own()).catch((error: unknown) => {
    // Get Size asks again, and tries for as long as it takes.
    deps.logger.warn("Distributions could not be listed", { error: errorFields(error) });
    return undefined;
  });
  const owner = hostOwners(own ?? []);
  const mine = owner(cfDomain);
  if (mine === undefined) {
    const why =
      own === undefined
        ? "the distributions of this account could not be listed"
        : `${cfDomain} is not a name of any distribution of this account`;
    return [`cf_domain: ${why}, so nobody checked that it serves ${namesOf([...others])}`];
  }
  const strangers = new Set([...others].filter((host) => owner(host)?.id !== mine.id));
  if (strangers.size === 0) return [];
  throw new RefusedError(
    400,
    `cf_domain: ${whose([...strangers], mine, owner)}`,
    urls.filter((url) => strangers.has(hostOf(url))),
  );
}

/** @param strangers hosts that `mine` does not own */
function whose(strangers: readonly string[], mine: OwnDistribution, owner: OwnerOf): string {
  const owned = strangers.flatMap((host) => {
    const id = owner(host)?.id;
    return id === undefined ? [] : [`${host} belongs to the distribution ${id}, not to ${mine.id}`];
  });
  const unowned = strangers.filter((host) => owner(host) === undefined);
  const unanswered =
    unowned.length === 0
      ? []
      : [
          `the distribution ${mine.id} does not answer to ${namesOf(unowned)}; ` +
            `its names are ${namesOf([mine.domain, ...mine.aliases])}`,
        ];
  return [...(owned.length === 0 ? [] : [namesOf(owned, "; ")]), ...unanswered].join("; ");
}

function namesOf(names: readonly string[], between = ", "): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return names.slice(0, MAX_NAMED).join(between) + more;
}
