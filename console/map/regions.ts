import { added, chosenOf, type Selection, shareOf, without } from "./selection.ts";

/** In the order in which the page offers them. China comes last: it is a service of its own. */
export const REGIONS = ["apac", "jp", "au", "eu", "us", "ca", "sa", "cn"] as const;
export type RegionName = (typeof REGIONS)[number];

/** A POP with the regions that it lies in, and those whose default sets have it. */
export interface InRegions {
  readonly code: string;
  readonly regions: readonly string[];
  readonly default_of: readonly string[];
}

/** What a press on a region's chip leads to next: its default set, all of it, none. */
export function nextOfRegion(pops: readonly InRegions[], region: RegionName, selection: Selection): Selection {
  const { all, defaults } = popsOfRegion(pops, region);
  const rest = without(selection, all);
  if (chosenOf(all, selection) === 0) return added(rest, defaults.length === 0 ? all : defaults);
  return shareOf(all, selection) === "all" ? rest : added(rest, all);
}

/** A default set may have POPs of another region: those are not taken for this one's. */
export function popsOfRegion(pops: readonly InRegions[], region: RegionName) {
  const its = pops.filter(({ regions }) => regions.includes(region));
  return {
    all: its.map(({ code }) => code),
    defaults: its.filter(({ default_of }) => default_of.includes(region)).map(({ code }) => code),
  };
}

/** What a request that names no POPs would warm: every region's default set but China's. */
export function defaultSelection(pops: readonly InRegions[]): Selection {
  const worldwide = REGIONS.filter((region) => region !== "cn");
  return new Set(
    pops.filter(({ default_of }) => worldwide.some((region) => default_of.includes(region))).map(({ code }) => code),
  );
}
