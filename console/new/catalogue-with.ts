import { recOf, siteOf } from "../../domain/pops/sites.ts";
import type { CataloguePop } from "../map/groups.ts";

/** The catalogue, and codes that are chosen and not in it: a body may name any. */
export function catalogueWith(pops: readonly CataloguePop[], codes: readonly string[]): readonly CataloguePop[] {
  const known = new Set(pops.map(({ code }) => code));
  const others = codes.filter((code) => !known.has(code));
  if (others.length === 0) return pops;
  return [
    ...pops,
    ...others.map((code) => ({
      code,
      city: siteOf(code)?.city ?? null,
      country: siteOf(code)?.country ?? null,
      rec: recOf(code) ?? null,
      regions: [],
      default_of: [],
      last_resolved_at: null,
    })),
  ];
}
