import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MAP_HEIGHT, MAP_WIDTH, project } from "../../../console/map/miller.ts";
import { METRO_PLACES, REC_PLACES } from "../../../console/map/world.ts";
import { SITES } from "../../../domain/pops/sites.ts";
import { joined, linesOf, simplify } from "../../../tools/release/land-path.ts";
import { moveApart, placesOnMap, WORLD_FILE, worldText } from "../../../tools/release/map.ts";

test("console/map/world.ts is what `npm run gen map` writes", () => {
  expect(readFileSync(WORLD_FILE, "utf8")).toBe(worldText());
});

describe("places", () => {
  test("every site of the catalogue is on the map", () => {
    expect(Object.keys(METRO_PLACES).sort()).toEqual(SITES.map(({ iata }) => iata).sort());
    for (const [x, y, radius] of [...Object.values(METRO_PLACES), ...Object.values(REC_PLACES)]) {
      expect(x).toBeGreaterThan(radius / 2);
      expect(x).toBeLessThan(MAP_WIDTH - radius);
      expect(y).toBeGreaterThan(radius);
      expect(y).toBeLessThan(MAP_HEIGHT - radius);
    }
  });

  test("none overlaps another, and none is far from where it stands", () => {
    const { metros, recs } = placesOnMap();
    const all = [...metros, ...recs];
    for (const [i, a] of all.entries())
      for (const b of all.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(a.radius + b.radius);
    for (const site of SITES) {
      const [at, own] = [metros.find(({ name }) => name === site.iata), project(site.lat, site.lon)];
      expect(Math.hypot((at?.x ?? 0) - own.x, (at?.y ?? 0) - own.y)).toBeLessThan(35);
    }
  });
});

test("two at one place go apart", () => {
  const [a, b] = moveApart([
    { name: "a", x: 5, y: 5, radius: 3 },
    { name: "b", x: 5, y: 5, radius: 3 },
  ]);
  expect(Math.abs((a?.x ?? 0) - (b?.x ?? 0))).toBeGreaterThan(6);
});

test("Miller's projection: the equator's share, and north above", () => {
  expect(project(0, 26).x).toBeCloseTo(MAP_WIDTH / 2);
  expect(project(70, 0).y).toBeCloseTo(0);
  expect(project(-49, 0).y).toBeCloseTo(MAP_HEIGHT, 0);
});

test("a line keeps its ends and its large bends", () => {
  const line = [...[0, 1, 2, 3].map((x) => ({ x, y: 0 })), { x: 4, y: 9 }, { x: 8, y: 0.1 }, { x: 9, y: 0 }];
  const left = simplify(line, 2);
  expect(left.at(0)).toEqual({ x: 0, y: 0 });
  expect(left.at(-1)).toEqual({ x: 9, y: 0 });
  expect(left).toContainEqual({ x: 4, y: 9 });
  expect(left.length).toBeLessThan(line.length);
});

test("an outline is joined of lines, some of them backwards", () => {
  const topology = {
    transform: { scale: [2, 2] as [number, number], translate: [10, 0] as [number, number] },
    arcs: [
      [
        [0, 0],
        [1, 0],
      ],
      [
        [0, 0],
        [0, 1],
        [1, -1],
      ],
    ] as [number, number][][],
    objects: { countries: { geometries: [] } },
  };
  const lines = linesOf(topology);
  expect(lines[1]).toEqual([
    [10, 0],
    [10, 2],
    [12, 0],
  ]);
  expect(joined([0, ~1], lines)).toEqual([
    [10, 0],
    [12, 0],
    [10, 2],
    [10, 0],
  ]);
});
