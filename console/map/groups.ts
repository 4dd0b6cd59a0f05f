import { grouped } from "../../domain/collections.ts";
import { siteOf } from "../../domain/pops/sites.ts";

/** A POP as the catalogue of GET /pops has it, as far as it is needed to choose it. */
export interface CataloguePop {
  readonly code: string;
  readonly city: string | null;
  /** ISO 3166-1 alpha-2 */
  readonly country: string | null;
  readonly rec: string | null;
  readonly regions: readonly string[];
  readonly default_of: readonly string[];
  readonly last_resolved_at: string | null;
}

export type Grouping = "rec" | "country";

export interface PopGroup {
  /** The REC's English name, the country's code, or "" where it is not known. */
  readonly id: string;
  /** The region that most of it lies in; "" for none. */
  readonly region: string;
  readonly pops: readonly CataloguePop[];
}

const BY: Readonly<Record<Grouping, (pop: CataloguePop) => string>> = {
  rec: ({ rec }) => rec ?? "",
  country: ({ country }) => country ?? "",
};

/** The POPs in groups: by region in the order given, the larger first, the unknown last. */
export function popGroups(pops: readonly CataloguePop[], by: Grouping, regions: readonly string[]): PopGroup[] {
  const rank = ({ id, region }: PopGroup) =>
    id === "" ? regions.length + 1 : region === "" ? regions.length : regions.indexOf(region);
  return [...grouped(pops, BY[by])]
    .map(([id, its]) => ({ id, region: regionOf(its), pops: its }))
    .sort((a, b) => rank(a) - rank(b) || b.pops.length - a.pops.length);
}

/** Japan's POPs are in two regions: the narrower one says more. Those in none do not count where others are in one. */
function regionOf(pops: readonly CataloguePop[]): string {
  const counted = grouped(
    pops.filter(({ regions }) => regions.length > 0),
    ({ regions }) => regions.at(-1) ?? "",
  );
  const [most] = [...counted].sort(([, a], [, b]) => b.length - a.length);
  return most?.[0] ?? "";
}

/** The POPs of each metro, by its three letters. */
export function popsByMetro(pops: readonly CataloguePop[]): { readonly site: string; readonly pops: CataloguePop[] }[] {
  return [...grouped(pops, ({ code }) => code.slice(0, 3))].map(([site, its]) => ({ site, pops: its }));
}

/**
 * Whether what was typed is in the POP's code, or begins a word of its city, country or REC.
 * @param names of country, city and REC in the reader's language
 */
export function isMeant(pop: CataloguePop, typed: string, names: readonly string[]): boolean {
  const words = typed.trim().toLowerCase();
  if (words === "") return true;
  if (pop.code.toLowerCase().startsWith(words) || pop.country?.toLowerCase() === words) return true;
  const english = [pop.city ?? "", pop.rec ?? "", siteOf(pop.code)?.city ?? ""];
  return [...names, ...english].some((name) => ` ${name.toLowerCase()}`.includes(` ${words}`) || isCjk(words, name));
}

/** Chinese has no spaces between words. */
function isCjk(typed: string, name: string): boolean {
  return /[\u3000-\u9fff]/.test(typed) && name.includes(typed);
}
