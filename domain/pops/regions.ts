import type { REGION_DEFAULTS } from "./default-sets.ts";
import type { Site } from "./sites.ts";

export type Region = keyof typeof REGION_DEFAULTS;

const IS_IN: Readonly<Record<Region, (site: Site) => boolean>> = {
  apac: ({ priceRegion }) => priceRegion === "asia" || priceRegion === "india" || priceRegion === "japan",
  au: ({ continent }) => continent === "OC",
  ca: ({ country }) => country === "CA",
  cn: ({ country }) => country === "CN",
  eu: ({ continent }) => continent === "EU",
  jp: ({ country }) => country === "JP",
  sa: ({ continent }) => continent === "SA",
  us: ({ country }) => country === "US",
};

/**
 * The regions that a site lies in: Japan's are in two, those of Africa, the Middle East and Mexico in none. In a request, a
 * region stands for its default set alone (default-sets.ts), which is a choice of these.
 */
export function regionsOf(site: Site): Region[] {
  return REGIONS.filter((region) => IS_IN[region](site));
}

const REGIONS: readonly Region[] = ["apac", "au", "ca", "cn", "eu", "jp", "sa", "us"];

/** @param name lower case */
export function isRegion(name: string): name is Region {
  return REGIONS.some((region) => region === name);
}
