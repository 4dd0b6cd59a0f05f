import { grouped, keysOf } from "../collections.ts";
import { byDistance } from "../nearest-name.ts";
import { COUNTRY_NAMES, countryCode } from "./countries.ts";
import { isAlive, type LivePops, NO_LIVE_POPS, sourceOf } from "./discovered-pops.ts";
import { BASES, type Basis, CODES_BY_BASIS, POP_CODE, POP_CODES } from "./pop-codes.ts";
import type { PopSelection } from "./pop-selection.ts";
import { COUNTRY_DEFAULTS, isRegion, REGION_DEFAULTS, regionsOf } from "./regions.ts";
import { SITES, siteCode, siteOf } from "./sites.ts";

/** Which of a request's three lists counts. */
export type TargetType = "pop" | "country" | "region";

/** `pops`: upper-case codes, none twice, in the order of the names. `unknown`: the names without a POP, as written. */
export interface Selection {
  readonly pops: string[];
  readonly unknown: string[];
}

/** Two at a site survive one of them being gone; more add little, as they share the REC. */
const MAX_PER_SITE = 2;

/**
 * The POPs that `names` stand for. Names are trimmed and of any case: POP codes, regions, or countries by ISO code or
 * English name. An empty list means the default set of that type. An unknown name does not spoil the known ones.
 * @param live Sets prefer POPs that resolved lately. @default the catalogue's sets
 */
export function selectPops(targetType: TargetType, names: readonly string[], live = NO_LIVE_POPS): Selection {
  if (names.length === 0) return { pops: unique(defaultPops(targetType, live)), unknown: [] };
  const selected = names.map((name) => ({ name, pops: popsOf(targetType, name, live) }));
  return {
    pops: unique(selected.flatMap(({ pops }) => pops)),
    unknown: unique(selected.filter(({ pops }) => pops.length === 0).map(({ name }) => name)),
  };
}

/** What `names` select, in words that an answer may have. Of retries it is not known. @param pops of {@link selectPops} */
export function describeSelection(
  targetType: TargetType,
  names: readonly string[],
  pops: readonly string[],
  live = NO_LIVE_POPS,
): PopSelection {
  const places = targetType === "pop" ? [] : names.map((name) => name.trim().toLowerCase());
  const regions = new Set(places.filter(isRegion));
  const isThere = (pop: string) => regions.size === 0 || regionsOfPop(pop).some((region) => regions.has(region));
  return {
    selected: pops.length,
    known: existingCodes(live).filter(isThere).length,
    set: targetType === "pop" ? setOf(pops, live) : "default",
    places,
    source: sourceOf(live),
    discovered_at: live.discoveredAt,
  };
}

/** All codes of the catalogue but those that do not exist any more, and the codes that resolved besides. */
function existingCodes(live: LivePops): string[] {
  return unique([...POP_CODES.map(({ pop }) => pop).filter((pop) => isAlive(pop, live) !== false), ...live.alive]);
}

function setOf(pops: readonly string[], live: LivePops): PopSelection["set"] {
  const selected = new Set(pops);
  if (allPops(live).every((pop) => selected.has(pop))) return "all";
  const defaults = new Set(defaultPops("pop", live));
  return selected.size === defaults.size && [...defaults].every((pop) => selected.has(pop)) ? "default" : "named";
}

function regionsOfPop(pop: string) {
  const site = siteOf(pop);
  return site === undefined ? [] : regionsOf(site);
}

/** Every POP that a request may want that names none: codes of which only documentation speaks are not there, and China's are of another service. */
function allPops(live: LivePops): string[] {
  const examples = new Set(CODES_BY_BASIS.example);
  const isWanted = (pop: string) => live.alive.has(pop) || !examples.has(pop);
  return existingCodes(live).filter((pop) => isWanted(pop) && !regionsOfPop(pop).includes("cn"));
}

/** The sets that have a name, by region or country. */
export function defaultSets(live: LivePops): [name: string, pops: readonly string[]][] {
  const sets = Object.entries<readonly string[]>({ ...REGION_DEFAULTS, ...COUNTRY_DEFAULTS });
  return sets.map(([name, set]) => [name, preferAlive(set, live)]);
}

/**
 * A set with its POPs that do not exist, or of which nothing is known, replaced by POPs of the same site that resolved: as many at each site
 * as before, and the set itself where nothing is known.
 */
function preferAlive(set: readonly string[], live: LivePops): readonly string[] {
  if (set.every((pop) => live.alive.has(pop))) return set;
  const chosen = [...grouped(set, siteCode)].flatMap(([site, own]) => {
    const others = alivePops(site, live).filter((pop) => !own.includes(pop));
    const inOrder = [
      ...own.filter((pop) => isAlive(pop, live) === true),
      ...others,
      ...own.filter((pop) => isAlive(pop, live) === null),
    ];
    return inOrder.slice(0, own.length);
  });
  return chosen.length === 0 || (chosen.length === set.length && chosen.every((pop) => set.includes(pop)))
    ? set
    : chosen;
}

/** Without any list, every region is warmed but China: its POPs belong to a separate service (cloudfront.cn), used only when asked for. */
function defaultPops(targetType: TargetType, live: LivePops): readonly string[] {
  const isWanted = (name: string) => (targetType === "country" ? !isRegion(name) : isRegion(name) && name !== "cn");
  return defaultSets(live).flatMap(([name, pops]) => (isWanted(name) ? pops : []));
}

/** The POPs one name stands for; none for an unknown name. Whether a code that is not in the catalogue exists is left to the DNS. */
function popsOf(targetType: TargetType, name: string, live: LivePops): readonly string[] {
  const region = name.trim().toLowerCase();
  switch (targetType) {
    case "pop":
      return [canonical(name)].filter((pop) => POP_CODE.test(pop));
    case "region":
      return isRegion(region) ? preferAlive(REGION_DEFAULTS[region], live) : [];
    case "country":
      return countryPops(countryCode(name) ?? "", live);
  }
}

/** The names to offer in an error message: all POP codes, all regions, or the countries with POPs by English name. */
export function knownNames(targetType: TargetType): string[] {
  if (targetType === "pop") return POP_CODES.map(({ pop }) => pop);
  if (targetType === "region") return keysOf(REGION_DEFAULTS);
  const withPops = Object.entries(COUNTRY_NAMES).filter(([code]) => countryPops(code, NO_LIVE_POPS).length > 0);
  return withPops.map(([, name]) => name).sort();
}

/**
 * The known codes at the site of one that is none (`SIN2P1`): the nearest in form first, then the best first. None if the site is
 * unknown too.
 */
export function suggestPops(name: string): string[] {
  // A name may be of any length, and the distance of two costs the product of theirs.
  const code = canonical(name).slice(0, 20);
  const atSite = keysOf(BASES).flatMap((basis) => sitePops(siteCode(code), basis));
  return byDistance(code, atSite).map(({ it }) => it);
}

/**
 * The host name that resolves to a POP's addresses, `<label>.<POP>.cloudfront.net` (`.cn` for China's, suffix E).
 * `label` is the first label of the distribution's own domain. In use by public tools; AWS documents none of it.
 */
export function popDomain(label: string, pop: string): string {
  const code = canonical(pop);
  return `${label}.${code}.${/-E\d+$/.test(code) ? "cloudfront.cn" : "cloudfront.net"}`;
}

/**
 * A country's named set. Else the POPs of its sites that were seen at work, or else those in the DNS, or that others list; at each such
 * site, other known codes fill the set up to {@link MAX_PER_SITE}. Where the catalogue has none, the POPs that resolved.
 */
function countryPops(code: string, live: LivePops): readonly string[] {
  const named = COUNTRY_DEFAULTS[COUNTRY_NAMES[code] ?? ""];
  if (named !== undefined) return preferAlive(named, live);
  const sites = SITES.filter(({ country }) => country === code).map(({ iata }) => iata);
  const bases = keysOf(BASES).filter((basis) => basis !== "example");
  const best = bases.find((basis) => sites.some((site) => sitePops(site, basis).length > 0));
  if (best === undefined) return sites.flatMap((site) => alivePops(site, live).slice(0, MAX_PER_SITE));
  const withCodes = sites.filter((site) => sitePops(site, best).length > 0);
  const set = withCodes.flatMap((site) => bases.flatMap((basis) => sitePops(site, basis)).slice(0, MAX_PER_SITE));
  return preferAlive(set, live);
}

function canonical(pop: string): string {
  return pop.trim().toUpperCase();
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** The codes at a site that resolved lately, the newest first. */
function alivePops(site: string, { alive }: LivePops): string[] {
  return newestFirst([...alive].filter((pop) => siteCode(pop) === site));
}

/** The codes of one basis at a site (three letters, upper case), the likeliest to be alive first. */
function sitePops(site: string, basis: Basis): string[] {
  const codes = POP_CODES.filter((code) => siteCode(code.pop) === site && code.basis === basis);
  return newestFirst(codes.map(({ pop }) => pop));
}

/**
 * P before C, then the higher suffix number, then the higher facility number. P came after C (every header dated 2025 or 2026 is a P's) and
 * numbers seem to be handed out upwards, so that is the newest first.
 */
function newestFirst(pops: readonly string[]): string[] {
  return pops
    .map((pop) => ({ pop, isP: Number(pop.includes("-P")), numbers: pop.match(/\d+/g)?.map(Number) ?? [] }))
    .sort(({ isP: a, numbers: [facilityA = 0, suffixA = 0] }, { isP: b, numbers: [facilityB = 0, suffixB = 0] }) => {
      return b - a || suffixB - suffixA || facilityB - facilityA;
    })
    .map(({ pop }) => pop);
}
