import { describe, expect, it } from "vitest";
import { EDGE_PRICE, PRICE, PRICES_AS_OF, type PriceSource, VCPU_HOUR } from "../../../domain/cost/prices.ts";

const all: [string, PriceSource][] = [PRICE, VCPU_HOUR, EDGE_PRICE].flatMap((prices) => Object.entries(prices));

describe.each(all)("the price %s", (_, { link, read }) => {
  it("has a page of AWS, and a month in which it was read there", () => {
    expect(new URL(link).host).toBe("aws.amazon.com");
    expect(read).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
  });

  it("is not older than what estimates say", () => {
    expect(read >= PRICES_AS_OF).toBe(true);
  });
});
