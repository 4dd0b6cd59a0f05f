import { grouped } from "../collections.ts";
import { FINDINGS, type Finding, type FindingCode, findingsOf, notChecked } from "../distribution/findings.ts";
import type { DistributionSettings } from "../distribution/settings.ts";
import { type StoredSettings, storedSettings } from "../distribution/stored-settings.ts";
import { ownHeaders } from "../net/headers.ts";
import { hostOf, hostsOf } from "../net/urls.ts";
import { withTimeout } from "../retry.ts";
import { hostOwners, type OwnDistribution, unservedProblem } from "./distributions.ts";
import { headerOf, variantNames } from "./options.ts";
import type { RequestItem } from "./request-item.ts";

/** What the check asks: CloudFront, as `aws/` reads it. */
export interface SettingsSource {
  /** All distributions of the account. */
  own(): Promise<readonly OwnDistribution[]>;
  /** How one is configured. */
  settings(id: string): Promise<DistributionSettings>;
}

/** How long the whole check may take. API Gateway ends a call after 29 s, and the request has still to be made in them. */
const CHECK_MS = 4_000;
/** Distributions whose settings are read for one request. Each takes some calls. */
const MAX_DISTRIBUTIONS = 5;

interface CheckedRequest {
  readonly item: Pick<
    RequestItem,
    "cf_domain" | "pops" | "header" | "variants" | "verify" | "invalidate" | "skip_uncached" | "sources"
  >;
  readonly urls: readonly string[];
  /** Others are left out where the price class excludes them. */
  readonly arePopsNamed: boolean;
  /** The request that it tries again, whose URLs are not known yet. */
  readonly retried?: Pick<RequestItem, "distributions"> | undefined;
}

export interface SettingsCheck {
  readonly refusals: readonly Finding[];
  /** URLs of the distributions that are refused, where the URLs led to them. */
  readonly refusedUrls: readonly string[];
  readonly warnings: readonly Finding[];
  readonly settings: readonly DistributionSettings[];
  /** For the item; undefined: nothing could be read. */
  readonly stored: StoredSettings[] | undefined;
  /** Whether it has all distributions of the request. */
  readonly areAllKnown: boolean;
  /** The id of the distribution whose settings hold for a host; undefined: it is none of this account's. */
  readonly idOf: (host: string) => string | undefined;
}

/** A distribution of the request, by the name that led to it. */
interface Named {
  readonly id: string;
  readonly name: string;
  readonly urls: readonly string[];
  /** Whether it is the multi-tenant distribution behind a tenant. */
  readonly isTenant: boolean;
}

/** Reads how the distributions of a request are configured, and finds what stands in its way. What cannot be read is a warning. */
export async function checkSettings(source: SettingsSource, request: CheckedRequest): Promise<SettingsCheck> {
  const deadline = performance.now() + CHECK_MS;
  const inTime = <T>(answer: Promise<T>) => withTimeout(Math.max(1, deadline - performance.now()), answer);
  const own = await inTime(source.own()).catch((error: unknown) => unread("the distributions of the account", error));
  if ("code" in own)
    return {
      refusals: [],
      refusedUrls: [],
      warnings: [own],
      settings: [],
      stored: undefined,
      areAllKnown: false,
      idOf: () => undefined,
    };
  const { named, unserved, unknown } = namedBy(own, request);
  const checked = named.slice(0, MAX_DISTRIBUTIONS);
  const read = await Promise.all(
    checked.map(async ({ id, name, urls, isTenant }) => {
      const settings = await inTime(source.settings(id)).catch((error: unknown) =>
        unread(`the configuration of the distribution ${id} of ${name}`, error),
      );
      return "code" in settings
        ? { settings: undefined, urls, findings: [settings] }
        : { settings, urls, findings: findingsOf(settings, { name, urls, isTenant, ...wantedOf(request) }) };
    }),
  );
  const all = [...unserved, ...read];
  const isRefusal = ({ code }: Finding) => FINDINGS[code] === "refusal";
  // What is left out keeps nothing from being warmed.
  const isTold = ({ code }: Finding) => code !== "not_cached" || request.item.skip_uncached !== true;
  const findings = all.flatMap((one) => one.findings).filter(isTold);
  const settings = all.flatMap((one) => one.settings ?? []);
  const unchecked = named.slice(MAX_DISTRIBUTIONS).map(({ id }) => id);
  return {
    refusals: findings.filter(isRefusal),
    refusedUrls:
      request.item.cf_domain === undefined
        ? all.flatMap(({ urls, findings: its }) => (its.some(isRefusal) ? urls : []))
        : [],
    warnings: [
      ...findings.filter((finding) => !isRefusal(finding)),
      ...(unknown.length === 0 ? [] : [notOwned(unknown)]),
      ...(unchecked.length === 0 ? [] : [tooMany(unchecked)]),
    ],
    settings,
    stored: settings.length === 0 ? undefined : settings.map(storedSettings),
    areAllKnown: unknown.length === 0 && settings.length === named.length,
    idOf: idsOf(own, request),
  };
}

/** Whatever the host of a URL is: `cf_domain` names the distribution of all. */
function idsOf(own: readonly OwnDistribution[], { item: { cf_domain: domain } }: CheckedRequest) {
  const ownerOf = hostOwners(own);
  return (host: string) => ownerOf(domain ?? host)?.id;
}

function wantedOf({ item, arePopsNamed }: CheckedRequest) {
  return {
    pops: arePopsNamed ? item.pops : [],
    variants: variantNames(item.variants).map((name) => ownHeaders(headerOf(item, name))),
    isVerified: item.verify !== "off",
    hasTags: (item.invalidate?.tags ?? []).length > 0,
  };
}

/** A name under which CloudFront serves nothing, whatever the settings are. */
interface Unserved {
  readonly settings: undefined;
  readonly urls: readonly string[];
  readonly findings: readonly Finding[];
}

/** The distributions of a request, and the names that lead to none of the account's. */
function namedBy(
  own: readonly OwnDistribution[],
  { item, urls, retried }: CheckedRequest,
): { readonly named: Named[]; readonly unserved: Unserved[]; readonly unknown: string[] } {
  const ownerOf = hostOwners(own);
  const { cf_domain: domain, sources = [] } = item;
  const named = new Map<string, Named>();
  const byHost = new Map<string, readonly string[]>(domain === undefined ? grouped(urls, hostOf) : [[domain, urls]]);
  // Sources name hosts, too. Those that their documents name are the same distributions'.
  for (const name of domain === undefined
    ? hostsOf(sources.flatMap(({ url, base }) => [url ?? [], base ?? []].flat()))
    : [])
    if (!byHost.has(name)) byHost.set(name, []);
  if (byHost.size === 0) {
    for (const { id, tenant, domain: name = "", hosts = [] } of retried?.distributions ?? [])
      if (id !== undefined && !named.has(id))
        named.set(id, { id, name: hosts[0] ?? name, urls: [], isTenant: tenant !== undefined });
    return { named: [...named.values()], unserved: [], unknown: [] };
  }
  const unserved: Unserved[] = [];
  const unknown: string[] = [];
  for (const [name, its] of byHost) {
    const owner = ownerOf(name);
    if (owner === undefined) {
      unknown.push(name);
      continue;
    }
    const problem = unservedProblem(name, owner);
    if (owner.unserved !== undefined && problem !== undefined) {
      const findings = [{ code: UNSERVED[owner.unserved], ...problem }];
      unserved.push({ settings: undefined, urls: its, findings });
      continue;
    }
    const { id } = owner;
    const before = named.get(id);
    named.set(id, {
      id,
      name: before?.name ?? name,
      urls: [...(before?.urls ?? []), ...its],
      isTenant: owner.tenant !== undefined,
    });
  }
  return { named: [...named.values()], unserved, unknown };
}

const UNSERVED: Readonly<Record<NonNullable<OwnDistribution["unserved"]>, FindingCode>> = {
  "multi-tenant distribution": "template",
  "connection group": "routing_endpoint",
  "disabled tenant": "disabled",
};

function notOwned(names: readonly string[]): Finding {
  return {
    code: "not_checked",
    problem: `the configuration of ${names.join(", ")} was not checked: no distribution in this account has these names`,
    action: "If another account owns the distribution, check its configuration there",
  };
}

function tooMany(ids: readonly string[]): Finding {
  return {
    code: "not_checked",
    problem: `the configuration of ${ids.join(", ")} was not checked: Prewarm checks at most ${MAX_DISTRIBUTIONS} distributions in one request`,
    action: "Send one request for each distribution",
  };
}

function unread(what: string, error: unknown): Finding {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  // What AWS says begins with a code, such as AccessDenied.
  return notChecked(what, name === "" || name.endsWith("Error") ? message : `${name}: ${message}`);
}
