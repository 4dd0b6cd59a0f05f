import { keysOf } from "../collections.ts";
import { editDistance } from "../nearest-name.ts";
import { COUNTRY_NAMES, countryCode } from "./countries.ts";
import { BASES, type Basis, CODES_BY_BASIS, POP_CODES } from "./pop-codes.ts";
import type { PopSelection } from "./pop-selection.ts";
import { COUNTRY_DEFAULTS, isRegion, REGION_DEFAULTS, regionsOf } from "./regions.ts";
import { SITES, siteOf } from "./sites.ts";

/** Which of a request's three lists counts. */
export type TargetType = "pop" | "country" | "region";

/** `pops`: upper-case codes, none twice, in the order of the names. `unknown`: the names without a POP, as written. */
export interface Selection {
  readonly pops: string[];
  readonly unknown: string[];
}

/** Two at a site survive one of them being gone; more add little, as they share the REC. */
const MAX_PER_SITE = 2;

/** A code such as `SIN2-P1`: site, facility, kind and number. */
const POP_FORM = /^[A-Z]{3}\d{1,2}-[A-Z]\d{1,2}$/;

/**
 * The POPs that `names` stand for. Names are trimmed and of any case: POP codes, regions, or countries by ISO code or
 * English name. An empty list means the default set of that type. An unknown name does not spoil the known ones.
 */
export function selectPops(targetType: TargetType, names: readonly string[]): Selection {
  if (names.length === 0) return { pops: unique(defaultPops(targetType)), unknown: [] };
  const selected = names.map((name) => ({ name, pops: popsOf(targetType, name) }));
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
): PopSelection {
  const places = targetType === "pop" ? [] : names.map((name) => name.trim().toLowerCase());
  const regions = new Set(places.filter(isRegion));
  const isThere = (pop: string) => regionsOfPop(pop).some((region) => regions.has(region));
  const known = regions.size === 0 ? POP_CODES.length : POP_CODES.filter(({ pop }) => isThere(pop)).length;
  return { selected: pops.length, known, set: targetType === "pop" ? setOf(pops) : "default", places };
}

function setOf(pops: readonly string[]): PopSelection["set"] {
  const selected = new Set(pops);
  if (ALL_POPS.every((pop) => selected.has(pop))) return "all";
  const defaults = new Set(defaultPops("pop"));
  return selected.size === defaults.size && [...defaults].every((pop) => selected.has(pop)) ? "default" : "named";
}

function regionsOfPop(pop: string) {
  const site = siteOf(pop);
  return site === undefined ? [] : regionsOf(site);
}

/** Every POP that a request may want that names none: codes of which only documentation speaks are not there, and China's are of another service. */
const ALL_POPS: readonly string[] = POP_CODES.filter(
  ({ pop, basis }) => basis !== "example" && !regionsOfPop(pop).includes("cn"),
).map(({ pop }) => pop);

/** Without any list, every region is warmed but China: its POPs belong to a separate service (cloudfront.cn), used only when asked for. */
function defaultPops(targetType: TargetType): readonly string[] {
  if (targetType === "country") return Object.values(COUNTRY_DEFAULTS).flat();
  const { cn: _, ...worldwide } = REGION_DEFAULTS;
  return Object.values(worldwide).flat();
}

/** The POPs one name stands for; none for an unknown name. Whether a code that is not in the catalogue exists is left to the DNS. */
function popsOf(targetType: TargetType, name: string): readonly string[] {
  const region = name.trim().toLowerCase();
  switch (targetType) {
    case "pop":
      return [canonical(name)].filter((pop) => POP_FORM.test(pop));
    case "region":
      return isRegion(region) ? REGION_DEFAULTS[region] : [];
    case "country":
      return countryPops(countryCode(name) ?? "");
  }
}

/** The names to offer in an error message: all POP codes, all regions, or the countries with POPs by English name. */
export function knownNames(targetType: TargetType): string[] {
  if (targetType === "pop") return POP_CODES.map(({ pop }) => pop);
  if (targetType === "region") return keysOf(REGION_DEFAULTS);
  const withPops = Object.entries(COUNTRY_NAMES).filter(([code]) => countryPops(code).length > 0);
  return withPops.map(([, name]) => name).sort();
}

/**
 * The known codes at the site of one that is none (`SIN2P1`): the nearest in form first, then the best first. None if the site is
 * unknown too.
 */
export function suggestPops(name: string): string[] {
  // A name may be of any length, and the distance of two costs the product of theirs.
  const code = canonical(name).slice(0, 20);
  return keysOf(BASES)
    .flatMap((basis) => sitePops(code.slice(0, 3), basis))
    .map((pop) => ({ pop, distance: editDistance(code, pop) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ pop }) => pop);
}

/**
 * The host name that resolves to a POP's addresses, `<label>.<POP>.cloudfront.net` (`.cn` for China's, suffix E).
 * `label` is the first label of the distribution's own domain. In use by public tools; AWS documents none of it.
 */
export function popDomain(label: string, pop: string): string {
  const code = canonical(pop);
  return `${label}.${code}.${/-E\d+$/.test(code) ? "cloudfront.cn" : "cloudfront.net"}`;
}

/** A country's named set; else, from each of its sites, the POPs seen at work; else those in the DNS, or that others list. */
function countryPops(code: string): readonly string[] {
  const named = COUNTRY_DEFAULTS[COUNTRY_NAMES[code] ?? ""];
  if (named !== undefined) return named;
  const sites = SITES.filter(({ country }) => country === code);
  return (
    keysOf(BASES)
      .filter((basis) => basis !== "example")
      .map((basis) => sites.flatMap(({ iata }) => sitePops(iata, basis).slice(0, MAX_PER_SITE)))
      .find((pops) => pops.length > 0) ?? []
  );
}

function canonical(pop: string): string {
  return pop.trim().toUpperCase();
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/**
 * The codes of one basis at a site (three letters, upper case), the likeliest to be alive first: P before C, then the
 * higher suffix number, then the higher facility number. P came after C (every header dated 2025 or 2026 is a P's) and
 * numbers seem to be handed out upwards, so that is the newest first.
 */
function sitePops(site: string, basis: Basis): string[] {
  return CODES_BY_BASIS[basis]
    .filter((pop) => pop.slice(0, 3) === site)
    .map((pop) => ({ pop, isP: Number(pop.includes("-P")), numbers: pop.match(/\d+/g)?.map(Number) ?? [] }))
    .sort(({ isP: a, numbers: [facilityA = 0, suffixA = 0] }, { isP: b, numbers: [facilityB = 0, suffixB = 0] }) => {
      return b - a || suffixB - suffixA || facilityB - facilityA;
    })
    .map(({ pop }) => pop);
}
