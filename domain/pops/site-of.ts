import type { RecName } from "./recs.ts";
import { SITES, type Site } from "./sites.ts";

const SITE_OF: ReadonlyMap<string, Site> = new Map(SITES.map((site) => [site.iata, site]));

/** The site a POP stands at, by its first three letters: the POP itself need not be in the catalogue. */
export function siteOf(pop: string): Site | undefined {
  return SITE_OF.get(pop.trim().slice(0, 3).toUpperCase());
}

/** The name of the REC that likely serves a POP. Undefined in China and for an unknown site. */
export function recOf(pop: string): RecName | undefined {
  return siteOf(pop)?.rec;
}
