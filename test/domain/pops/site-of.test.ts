import { describe, expect, it } from "vitest";
import { recOf, siteOf } from "../../../domain/pops/sites.ts";

describe("one POP", () => {
  it("stands at a site, which has a REC", () => {
    expect(siteOf("sin2-c1")).toMatchObject({ iata: "SIN", city: "Singapore", country: "SG" });
    expect(recOf("SIN2-C1")).toBe("Singapore");
    expect(recOf("FRA56-P4")).toBe("Frankfurt");
  });

  it("need not be in the catalogue to stand at one of its sites", () => {
    expect(recOf("SIN99-P9")).toBe("Singapore");
  });

  it("has no REC in China or at an unknown site", () => {
    expect(siteOf("PVG52-E1")).toMatchObject({ country: "CN" });
    expect(recOf("PVG52-E1")).toBeUndefined();
    expect(siteOf("XXX1-C1")).toBeUndefined();
    expect(recOf("XXX1-C1")).toBeUndefined();
    expect(siteOf("")).toBeUndefined();
  });
});
