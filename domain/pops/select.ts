import { editDistance } from "../nearest-name.ts";
import { COUNTRY_NAMES, countryCode } from "./countries.ts";
import { type Basis, POP_CODES } from "./pop-codes.ts";
import { COUNTRY_DEFAULTS, REGION_DEFAULTS } from "./regions.ts";
import { SITES } from "./sites.ts";

/**
 * Which POPs a request means. Pure, from the catalogue; used where a request is validated and where its POPs are resolved.
 */

/** Which of a request's three lists counts. */
export type TargetType = "pop" | "country" | "region";

/** `pops`: upper-case codes, none twice, in the order of the names. `unknown`: the names without a POP, as written. */
export interface Selection {
  readonly pops: string[];
  readonly unknown: string[];
}

/** Two at a site survive one of them being gone; more add little, as they share the REC. */
const MOST_PER_SITE = 2;

const STRONGEST_FIRST: readonly Basis[] = ["observed", "resolved", "listed", "example"];
/** What a country without a set of its own is chosen from: the first of these that it has codes of. */
const CHOSEN: readonly Basis[] = ["observed", "resolved", "listed"];

const KNOWN_POPS: ReadonlySet<string> = new Set(POP_CODES.map(({ pop }) => pop));
const REGIONS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(REGION_DEFAULTS));
const NAMED_COUNTRIES: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(COUNTRY_DEFAULTS));

/** Every region's POPs but China's: those belong to a separate service (cloudfront.cn), used only when asked for. */
const WORLDWIDE = [...REGIONS].flatMap(([region, pops]) => (region === "cn" ? [] : pops));

/** What an empty list stands for; `pop` and `region` agree, so that leaving everything out warms every region. */
const DEFAULTS: Readonly<Record<TargetType, readonly string[]>> = {
  pop: WORLDWIDE,
  region: WORLDWIDE,
  country: [...NAMED_COUNTRIES.values()].flat(),
};

/** A code such as `SIN2-P1`: site, facility, kind and number. */
const POP_FORM = /^[A-Z]{3}\d{1,2}-[A-Z]\d{1,2}$/;

/** The POPs one name stands for; none if it is none. A code that is not in the catalogue is left to the DNS. */
const RESOLVERS: Readonly<Record<TargetType, (name: string) => readonly string[]>> = {
  pop: (name) => [canonical(name)].filter((pop) => POP_FORM.test(pop)),
  region: (name) => REGIONS.get(name.trim().toLowerCase()) ?? [],
  country: (name) => {
    const code = countryCode(name);
    return code === undefined ? [] : countryPops(code);
  },
};

/**
 * The POPs that `names` stand for. Names are trimmed and of any case: POP codes, regions, or countries by ISO code or
 * English name. An empty list means the default set of that type. An unknown name does not spoil the known ones.
 */
export function selectPops(targetType: TargetType, names: readonly string[]): Selection {
  if (names.length === 0) return { pops: unique(DEFAULTS[targetType]), unknown: [] };
  const resolved = names.map((name) => ({ name, pops: RESOLVERS[targetType](name) }));
  return {
    pops: unique(resolved.flatMap(({ pops }) => pops)),
    unknown: unique(resolved.filter(({ pops }) => pops.length === 0).map(({ name }) => name)),
  };
}

/** The names to offer in an error message: all POP codes, all regions, or the countries with POPs by English name. */
export function knownNames(targetType: TargetType): string[] {
  if (targetType === "pop") return [...KNOWN_POPS];
  if (targetType === "region") return [...REGIONS.keys()];
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
  const known = STRONGEST_FIRST.flatMap((basis) => sitePops(code.slice(0, 3), basis));
  return known
    .map((pop) => ({ pop, distance: editDistance(code, pop) }))
    .sort(byDistance)
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
  const named = NAMED_COUNTRIES.get(COUNTRY_NAMES[code] ?? "");
  if (named !== undefined) return named;
  const sites = SITES.filter(({ country }) => country === code);
  const best = (basis: Basis) => sites.flatMap(({ iata }) => sitePops(iata, basis).slice(0, MOST_PER_SITE));
  return CHOSEN.map(best).find((pops) => pops.length > 0) ?? [];
}

function canonical(pop: string): string {
  return pop.trim().toUpperCase();
}

function byDistance(a: { readonly distance: number }, b: { readonly distance: number }): number {
  return a.distance - b.distance;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** The POP codes of one site, in the order in which they are worth trying. */

/**
 * The codes of one basis at a site (three letters, upper case), the likeliest to be alive first: P before C, then the
 * higher suffix number, then the higher facility number. P came after C (every header dated 2025 or 2026 is a P's) and
 * numbers seem to be handed out upwards, so that is the newest first.
 */
export function sitePops(site: string, basis: Basis): string[] {
  const codes = POP_CODES.filter((code) => code.basis === basis && code.pop.slice(0, 3) === site);
  return codes.map(({ pop }) => pop).sort(newestFirst);
}

function newestFirst(a: string, b: string): number {
  const [x, y] = [newness(a), newness(b)];
  return y.kind - x.kind || y.suffix - x.suffix || y.facility - x.facility;
}

/** `ORD56-P13` -> kind 1 (0 for C and E), facility 56, suffix 13: the higher, the newer. */
function newness(pop: string) {
  const [facility = 0, suffix = 0] = pop.match(/\d+/g)?.map(Number) ?? [];
  return { kind: pop.includes("-P") ? 1 : 0, facility, suffix };
}
