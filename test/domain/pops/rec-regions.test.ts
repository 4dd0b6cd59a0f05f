import { expect, it } from "vitest";
import { RECS, regionOfRec } from "../../../domain/pops/recs.ts";
import { regionsOf } from "../../../domain/pops/regions.ts";
import { siteOf } from "../../../domain/pops/sites.ts";

it.each(RECS)("$name is in the region in which the catalogue has its site: Japan before Asia", ({ name, site }) => {
  const place = siteOf(site);
  const regions = place === undefined ? [] : regionsOf(place);
  expect(regionOfRec(name)).toBe(regions.includes("jp") ? "jp" : regions[0]);
});

it("one that only a newer release knows is in none", () => {
  expect(regionOfRec("Zurich")).toBeUndefined();
  expect(regionOfRec("toString")).toBeUndefined();
});
