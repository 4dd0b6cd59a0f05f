import { project } from "../../../console/map/miller.ts";
import { METRO_PLACES } from "../../../console/map/world.ts";
import { SITES } from "../../../domain/pops/sites.ts";
import { placesOnMap } from "../../../tools/release/map.ts";

describe("places", () => {
  test("every site of the catalogue is on the map", () => {
    expect(Object.keys(METRO_PLACES).sort()).toEqual(SITES.map(({ iata }) => iata).sort());
  });

  test("none overlaps another, and none is far from where it stands", () => {
    const metros = placesOnMap();
    for (const [i, a] of metros.entries())
      for (const b of metros.slice(i + 1))
        expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(a.radius + b.radius);
    for (const site of SITES) {
      const [at, own] = [metros.find(({ name }) => name === site.iata), project(site.lat, site.lon)];
      expect(Math.hypot((at?.x ?? 0) - own.x, (at?.y ?? 0) - own.y)).toBeLessThan(35);
    }
  });
});
