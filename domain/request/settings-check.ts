import { grouped } from "../collections.ts";
import {
  FINDINGS,
  type Finding,
  type FindingCode,
  findingsOf,
  notChecked,
  STARTING_WARNINGS,
} from "../distribution/findings.ts";
import type { DistributionSettings, SettingsQuery } from "../distribution/settings.ts";
import { type StoredSettings, storedSettings } from "../distribution/stored-settings.ts";
import { publicReason } from "../log-fields.ts";
import { ownHeaders } from "../net/headers.ts";
import { hostOf, hostsOf } from "../net/urls.ts";
import { withTimeout } from "../retry.ts";
import { type AccountDistribution, hostOwners, unlistedReason, unservedProblem } from "./distributions.ts";
import { headerOf, variantNames } from "./options.ts";
import type { RequestItem } from "./request-item.ts";

/** What the check asks: CloudFront, as `aws/` reads it. */
export interface SettingsSource {
  /** All distributions of the account, with the tenants and connection groups that hosts lead to. */
  listFor(hosts: readonly string[]): Promise<readonly AccountDistribution[]>;
  /** How one is configured. */
  settings(query: SettingsQuery): Promise<DistributionSettings>;
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
  /** Whether the request is about to start: then only what it needs is read and told. */
  readonly isStarting: boolean;
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

/** A distribution of the request, or tenants of it that are configured alike. */
interface RequestedDistribution extends Pick<AccountDistribution, "id" | "tenant" | "settings"> {
  /** The first name that led to it. */
  readonly name: string;
  readonly urls: string[];
}

/** Reads how the distributions of a request are configured, and finds what stands in its way. What cannot be read is a warning. */
export async function checkSettings(source: SettingsSource, request: CheckedRequest): Promise<SettingsCheck> {
  const deadline = performance.now() + CHECK_MS;
  const inTime = <T>(answer: Promise<T>) => withTimeout(Math.max(1, deadline - performance.now()), answer);
  const urlsByName = namesOfRequest(request);
  const listed = await inTime(source.listFor([...urlsByName.keys()])).catch((error: unknown) =>
    notChecked("the distributions of the account", publicReason(error)),
  );
  if ("code" in listed)
    return {
      refusals: [],
      refusedUrls: [],
      warnings: [listed],
      settings: [],
      stored: undefined,
      areAllKnown: false,
      idOf: () => undefined,
    };
  const { requested, unserved, unknown } = requestedOf(listed, urlsByName);
  const wanted = wantedOf(request);
  const checked = await Promise.all(
    requested.slice(0, MAX_DISTRIBUTIONS).map(async ({ name, urls, ...owner }) => {
      const withPolicies = !request.isStarting || request.item.skip_uncached === true;
      const query = { id: owner.id, settings: owner.settings, needsTags: wanted.hasTags, withPolicies };
      const settings = await inTime(source.settings(query)).catch((error: unknown) =>
        notChecked(`the configuration of the distribution ${owner.id} of ${name}`, publicReason(error)),
      );
      if ("code" in settings) return { settings: undefined, urls, findings: [settings] };
      return { settings, urls, findings: findingsOf(settings, { name, urls, tenant: owner.tenant, ...wanted }) };
    }),
  );
  const all = [...unserved, ...checked];
  const isRefusal = ({ code }: Finding) => FINDINGS[code] === "refusal";
  const isTold = (finding: Finding) => {
    // What is left out keeps nothing from being warmed.
    if (finding.code === "not_cached" && request.item.skip_uncached === true) return false;
    return !request.isStarting || isRefusal(finding) || STARTING_WARNINGS.includes(finding.code);
  };
  const findings = all.flatMap((one) => one.findings).filter(isTold);
  // Tenants of one distribution differ in nothing that is stored.
  const settings = [...new Map(all.flatMap((one) => (one.settings ? [[one.settings.id, one.settings]] : []))).values()];
  const unchecked = requested.slice(MAX_DISTRIBUTIONS).map(({ id, tenant = id }) => tenant);
  return {
    refusals: findings.filter(isRefusal),
    refusedUrls:
      request.item.cf_domain === undefined
        ? all.flatMap(({ urls, findings: its }) => (its.some(isRefusal) ? urls : []))
        : [],
    warnings: [
      ...findings.filter((finding) => !isRefusal(finding)),
      ...(unknown.length === 0 ? [] : [notOwned(unknown, unlistedReason(listed))]),
      ...(unchecked.length === 0 ? [] : [tooMany(unchecked)]),
    ],
    settings,
    stored: settings.length === 0 ? undefined : settings.map(storedSettings),
    areAllKnown: unknown.length === 0 && checked.every((one) => one.settings !== undefined) && unchecked.length === 0,
    idOf: idsOf(listed, request),
  };
}

/** Whatever the host of a URL is: `cf_domain` names the distribution of all. */
function idsOf(listed: readonly AccountDistribution[], { item: { cf_domain: domain } }: CheckedRequest) {
  const ownerOf = hostOwners(listed);
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

/** The URLs of a request by the name that leads to their distribution. */
function namesOfRequest({ item, urls, retried }: CheckedRequest): Map<string, readonly string[]> {
  const { cf_domain: domain, sources = [] } = item;
  if (domain !== undefined) return new Map([[domain, urls]]);
  const byName = new Map<string, readonly string[]>(grouped(urls, hostOf));
  // Sources name hosts, too. Those that their documents name are the same distributions'.
  for (const name of hostsOf(sources.flatMap(({ url, base }) => [url ?? [], base ?? []].flat())))
    if (!byName.has(name)) byName.set(name, []);
  if (byName.size > 0) return byName;
  const ofRetried = (retried?.distributions ?? []).flatMap(({ hosts, domain: name }) => hosts ?? name ?? []);
  return new Map(ofRetried.map((name) => [name, []]));
}

/** A name under which CloudFront serves nothing, whatever the settings are. */
interface Unserved {
  readonly settings: undefined;
  readonly urls: readonly string[];
  readonly findings: readonly Finding[];
}

/** The distributions of a request, and the names that lead to none of the account's. */
function requestedOf(listed: readonly AccountDistribution[], urlsByName: ReadonlyMap<string, readonly string[]>) {
  const ownerOf = hostOwners(listed);
  const requested = new Map<string, RequestedDistribution>();
  const unserved: Unserved[] = [];
  const unknown: string[] = [];
  for (const [name, urls] of urlsByName) {
    const owner = ownerOf(name);
    if (owner === undefined) {
      unknown.push(name);
      continue;
    }
    const problem = unservedProblem(name, owner);
    if (owner.unserved !== undefined && problem !== undefined) {
      const findings = [{ code: UNSERVED[owner.unserved], ...problem }];
      unserved.push({ settings: undefined, urls, findings });
      continue;
    }
    const { id, tenant, settings } = owner;
    const key = JSON.stringify([id, settings]);
    const before = requested.get(key);
    if (before === undefined) requested.set(key, { id, tenant, settings, name, urls: [...urls] });
    else before.urls.push(...urls);
  }
  return { requested: [...requested.values()], unserved, unknown };
}

const UNSERVED: Readonly<Record<NonNullable<AccountDistribution["unserved"]>, FindingCode>> = {
  "multi-tenant distribution": "template",
  "connection group": "routing_endpoint",
  "disabled tenant": "disabled",
};

/** @param unlisted why a name may be that of a tenant; undefined: it is none's */
function notOwned(names: readonly string[], unlisted: string | undefined): Finding {
  const why = unlisted === undefined ? "" : `, or ${unlisted}`;
  return {
    code: "not_checked",
    problem: `the configuration of ${names.join(", ")} was not checked: no distribution in this account has these names${why}`,
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
