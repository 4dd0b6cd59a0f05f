import { formatTimestamp } from "../request/timestamps.ts";
import { COUNTRY_DEFAULTS, REGION_DEFAULTS } from "./default-sets.ts";
import { type Basis, POP_CODES } from "./pop-codes.ts";
import type { PopRow } from "./pop-row.ts";
import { type Region, regionsOf } from "./regions.ts";
import { siteOf } from "./site-of.ts";

/** Which POPs are wanted; without either, all. */
export interface PopFilter {
  /** ISO 3166-1 alpha-2 */
  readonly country?: string | undefined;
  readonly region?: Region | undefined;
}

/**
 * The catalogue, and what resolved here and is not in it, by code.
 * @param resolvedAt when each POP resolved last: milliseconds since the epoch, by code
 */
export function listPops({ country, region }: PopFilter, resolvedAt: ReadonlyMap<string, number>): PopRow[] {
  const known: ReadonlyMap<string, Basis> = new Map(POP_CODES.map(({ pop, basis }) => [pop, basis]));
  const extra = [...resolvedAt.keys()].filter((pop) => !known.has(pop));
  return [...known.keys(), ...extra]
    .filter((pop) => country === undefined || siteOf(pop)?.country === country)
    .filter((pop) => region === undefined || regionsAt(pop).includes(region))
    .sort(byCode().compare)
    .map((pop) => rowOf(pop, known.get(pop) ?? "here", resolvedAt.get(pop)));
}

const SETS: readonly (readonly [name: string, pops: readonly string[]])[] = [
  ...Object.entries(REGION_DEFAULTS),
  ...Object.entries(COUNTRY_DEFAULTS),
];

function rowOf(code: string, basis: PopRow["basis"], resolvedAt: number | undefined): PopRow {
  const site = siteOf(code);
  return {
    code,
    city: site?.city ?? null,
    country: site?.country ?? null,
    regions: regionsAt(code),
    default_of: SETS.filter(([, pops]) => pops.includes(code)).map(([name]) => name),
    rec: site?.rec ?? null,
    rec_basis: site?.recBasis ?? null,
    latitude: site?.lat ?? null,
    longitude: site?.lon ?? null,
    basis,
    last_resolved_at: resolvedAt === undefined ? null : formatTimestamp(new Date(resolvedAt)),
  };
}

/** Made when it is needed: a collator takes longer to make than the catalogue to load. */
function byCode(): Intl.Collator {
  return new Intl.Collator("en", { numeric: true });
}

function regionsAt(pop: string): Region[] {
  const site = siteOf(pop);
  return site === undefined ? [] : regionsOf(site);
}
