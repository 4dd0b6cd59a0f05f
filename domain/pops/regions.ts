// biome-ignore-all format: one row a line
import { keysOf } from "../collections.ts";
import type { Site } from "./sites.ts";

/** The POPs a region's name stands for: the sets of the prewarm extension of awslabs/aws-cloudfront-extensions. */
export const REGION_DEFAULTS = {
  apac: ["BOM51-C1", "BOM52-C1", "ICN51-C1", "ICN54-C2", "NRT51-P2", "NRT57-P3", "SIN2-P1", "SIN52-C2"],
  au: ["SYD1-C1", "SYD62-P1"],
  ca: ["YUL62-C2", "YUL62-C1"],
  cn: ["PVG52-E1", "SZX51-E1", "BJS9-E1", "ZHY50-E1"],
  eu: ["ARN56-P1", "ARN54-C1", "CDG50-P1", "CDG52-P2", "DUB2-C1", "DUB56-P1", "FRA56-P4", "FRA60-P1", "LHR61-P3", "LHR50-P2"],
  jp: ["NRT51-P2", "NRT57-P3"],
  sa: ["GRU1-C2", "GRU3-P1"],
  us: ["IAD89-P1", "IAD89-P2", "SFO5-P2", "SFO5-P1", "DFW56-P1", "DFW56-P2"],
} as const satisfies Record<string, readonly string[]>;

/** The POPs a country's name stands for, from the same source: those at the country's REC, so not always inside it. */
export const COUNTRY_DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  india: ["BOM78-P1", "BOM78-P4"],
  japan: ["NRT57-P2", "NRT57-P3"],
  new_zealand: ["SYD1-C1", "SYD62-P2"],
  australia: ["SYD1-C1", "SYD62-P2"],
  malaysia: ["SIN2-P1", "SIN2-P2"],
  china: ["SIN2-P1", "SIN2-P2"],
  indonesia: ["SIN2-P1", "SIN2-P2"],
  philippines: ["SIN2-P1", "SIN2-P2"],
  singapore: ["SIN2-P1", "SIN2-P2"],
  thailand: ["SIN2-P1", "SIN2-P2"],
  vietnam: ["SIN2-P1", "SIN2-P2"],
  south_korea: ["ICN57-P1", "ICN57-P2"],
};

export type Region = keyof typeof REGION_DEFAULTS;

/** The countries of each region that have a site. Those of Africa and the Middle East, and Mexico, are in none. */
const COUNTRIES: Readonly<Record<Region, readonly string[]>> = {
  apac: ["HK", "ID", "IN", "JP", "KR", "MY", "PH", "SG", "TH", "TW", "VN"],
  au: ["AU", "NZ"],
  ca: ["CA"],
  cn: ["CN"],
  eu: ["AT", "BE", "BG", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "NL", "NO", "PL", "PT", "RO", "SE", "TR"],
  jp: ["JP"],
  sa: ["AR", "BR", "CL", "CO", "PE"],
  us: ["US"],
};

/**
 * The regions that a site lies in: Japan's are in two. In a request, a region stands for its default set alone
 * ({@link REGION_DEFAULTS}), which is a choice of these.
 */
export function regionsOf({ country }: Site): Region[] {
  return keysOf(COUNTRIES).filter((region) => COUNTRIES[region].includes(country));
}

/** @param name lower case */
export function isRegion(name: string): name is Region {
  return Object.hasOwn(REGION_DEFAULTS, name);
}
