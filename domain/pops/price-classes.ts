import { siteOf } from "./sites.ts";

export const PRICE_CLASSES = ["PriceClass_100", "PriceClass_200", "PriceClass_All"] as const;
export type PriceClass = (typeof PRICE_CLASSES)[number];

/** The one that leaves no POP out. */
export const UNRESTRICTED: PriceClass = "PriceClass_All";

/**
 * Countries with POPs that a class leaves out, ISO 3166-1 alpha-2. The table counts Türkiye to the Middle East. China has none of them: it
 * is a service of its own.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html
 */
const NOT_IN_200 = ["AR", "BR", "CL", "CO", "PE", "AU", "NZ"];
const NOT_IN_100 = [
  ...NOT_IN_200,
  ...["AE", "BH", "EG", "KE", "NG", "OM", "QA", "SA", "TR", "ZA"],
  ...["JP", "HK", "ID", "KR", "MY", "PH", "SG", "TH", "TW", "VN", "IN"],
];
const LEFT_OUT: Readonly<Record<PriceClass, ReadonlySet<string>>> = {
  PriceClass_100: new Set(NOT_IN_100),
  PriceClass_200: new Set(NOT_IN_200),
  PriceClass_All: new Set(),
};

/** Whether viewers of a distribution of that class may be led to the POP. One at an unknown site counts as such. */
export function isInPriceClass(pop: string, priceClass: PriceClass): boolean {
  return !LEFT_OUT[priceClass].has(siteOf(pop)?.country ?? "");
}
