import { siteOf } from "../pops/site-of.ts";
import type { PriceRegion } from "../pops/sites.ts";
import { EDGE_PRICE, EDGE_STEPS_GB } from "./prices.ts";

/** A region that CloudFront has a price for in dollars. */
export type PricedRegion = keyof typeof EDGE_PRICE;

/** Of a POP whose site nobody knows: the dearest in the first step, so that no estimate is too low for it. */
const UNKNOWN_SITE: PricedRegion = "asia";

/**
 * Where a POP's traffic is billed; undefined in China. The price list counts Türkiye to Europe, the table of price classes, which
 * the catalogue follows, to the Middle East.
 */
export function billedRegion(pop: string): PricedRegion | undefined {
  const site = siteOf(pop);
  if (site === undefined) return UNKNOWN_SITE;
  if (site.country === "TR") return "europe";
  return isPriced(site.priceRegion) ? site.priceRegion : undefined;
}

function isPriced(region: PriceRegion): region is PricedRegion {
  return region !== "china";
}

/** How many of the POPs are billed in each region. Those in China are in none. */
export function popsByRegion(pops: readonly string[]): Map<PricedRegion, number> {
  const counts = new Map<PricedRegion, number>();
  for (const pop of pops) {
    const region = billedRegion(pop);
    if (region !== undefined) counts.set(region, (counts.get(region) ?? 0) + 1);
  }
  return counts;
}

/** What CloudFront bills for so many bytes to viewers in a region, an EC2 instance being one, in a month without other traffic. */
export function edgeBytesPrice(bytes: number, region: PricedRegion = "northAmerica"): number {
  let left = bytes / 1e9;
  let sum = 0;
  for (const [i, gigabytes] of EDGE_STEPS_GB.entries()) {
    const part = Math.min(left, gigabytes);
    sum += part * (EDGE_PRICE[region].gigabyte[i] ?? 0);
    left -= part;
  }
  return sum;
}

/** @param secure share of them that are https, from 0 to 1 */
export function edgeRequestsPrice(requests: number, region: PricedRegion, secure: number): number {
  const { https, http } = EDGE_PRICE[region];
  return requests * (secure * https + (1 - secure) * http);
}
