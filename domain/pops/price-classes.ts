import { siteOf } from "./sites.ts";

export const PRICE_CLASSES = ["PriceClass_100", "PriceClass_200", "PriceClass_All"] as const;
export type PriceClass = (typeof PRICE_CLASSES)[number];

/** The one that leaves no POP out. */
export const UNRESTRICTED: PriceClass = "PriceClass_All";

/**
 * Countries with POPs that only PriceClass_All has, and those that PriceClass_200 has, too, ISO 3166-1 alpha-2. The table counts Türkiye to
 * the Middle East. China is in no class: it is a service of its own.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html
 */
const IN_ALL = ["AR", "AU", "BR", "CL", "CO", "NZ", "PE"];
// biome-ignore format: by the lines of the table
const IN_200 = [
  "AE", "BH", "EG", "KE", "NG", "OM", "QA", "SA", "TR", "ZA",
  "JP", "HK", "ID", "KR", "MY", "PH", "SG", "TH", "TW", "VN", "IN",
];

/** Whether viewers of a distribution of that class may be led to the POP. One at an unknown site counts as such. */
export function isInPriceClass(pop: string, priceClass: PriceClass): boolean {
  const country = siteOf(pop)?.country ?? "";
  if (IN_ALL.includes(country)) return priceClass === UNRESTRICTED;
  return priceClass !== "PriceClass_100" || !IN_200.includes(country);
}
