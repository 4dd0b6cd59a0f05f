import { expect, it } from "vitest";
import { EDGE_PRICE, PRICE, PRICES_AS_OF, VCPU_HOUR } from "../../../domain/cost/prices.ts";
import { SITES } from "../../../domain/pops/sites.ts";

it.each(Object.entries({ ...PRICE, ...VCPU_HOUR }))("the price %s has a page of AWS", (_, { link }) => {
  expect(new URL(link).host).toBe("aws.amazon.com");
});

it("prices have the month in which they were read", () => {
  expect(PRICES_AS_OF).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
});

it("every country with a site outside China is in one price region", () => {
  const countries = Object.values(EDGE_PRICE).flatMap((region) => region.countries);
  const withSites = new Set(SITES.map(({ country }) => country).filter((country) => country !== "CN"));
  expect(countries.toSorted()).toEqual([...withSites].toSorted());
});
