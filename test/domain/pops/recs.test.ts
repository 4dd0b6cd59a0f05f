import { byPopCount, RECS, recName, regionOfRec } from "../../../domain/pops/recs.ts";
import { regionsOf } from "../../../domain/pops/regions.ts";
import { recOf, siteOf } from "../../../domain/pops/sites.ts";

it("most POPs first, then by name, those without a known REC last, however many", () => {
  const recs = [
    { rec: null, pops: 9 },
    { rec: "Tokyo", pops: 2 },
    { rec: "Mumbai", pops: 2 },
    { rec: "Singapore", pops: 5 },
  ];
  expect(recs.toSorted(byPopCount).map(({ rec }) => rec)).toEqual(["Singapore", "Mumbai", "Tokyo", null]);
});

it("a REC has its own name in English, and one in Chinese; that of a newer release stays as it is", () => {
  expect([recName("Tokyo", "en"), recName("Tokyo", "zh")]).toEqual(["Tokyo", "东京"]);
  for (const newer of ["Zurich", "toString"]) {
    expect(recName(newer, "zh")).toBe(newer);
    expect(regionOfRec(newer)).toBeUndefined();
  }
});

it.each(RECS)("$name is in the region in which the catalogue has its site: Japan before Asia", ({ name, site }) => {
  const place = siteOf(site);
  const regions = place === undefined ? [] : regionsOf(place);
  expect(regionOfRec(name)).toBe(regions.includes("jp") ? "jp" : regions[0]);
});

it("one POP stands at a site, which has a REC", () => {
  expect(siteOf("sin2-c1")).toMatchObject({ iata: "SIN", city: "Singapore", country: "SG" });
  expect(recOf("SIN2-C1")).toBe("Singapore");
  expect(recOf("FRA56-P4")).toBe("Frankfurt");
});

it("one POP need not be in the catalogue to stand at one of its sites", () =>
  expect(recOf("SIN99-P9")).toBe("Singapore"));

it("one POP has no REC in China or at an unknown site", () => {
  expect(siteOf("PVG52-E1")).toMatchObject({ country: "CN" });
  expect(recOf("PVG52-E1")).toBeUndefined();
  expect(siteOf("XXX1-C1")).toBeUndefined();
  expect(recOf("XXX1-C1")).toBeUndefined();
  expect(siteOf("")).toBeUndefined();
});
