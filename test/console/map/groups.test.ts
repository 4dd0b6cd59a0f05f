import { describe, expect, test } from "vitest";
import { isMeant, popGroups, popsByMetro } from "../../../console/map/groups.ts";
import { REGIONS } from "../../../console/map/regions.ts";
import { listPops } from "../../../domain/pops/list-pops.ts";

const CATALOGUE = listPops({}, new Map());
const groups = popGroups(CATALOGUE, "rec", REGIONS);

describe("groups", () => {
  test("hold every POP once", () => {
    for (const by of ["rec", "country"] as const) {
      const codes = popGroups(CATALOGUE, by, REGIONS).flatMap(({ pops }) => pops.map(({ code }) => code));
      expect(codes.sort()).toEqual(CATALOGUE.map(({ code }) => code).sort());
    }
  });

  test("stand by region, the POPs without a known REC last", () => {
    expect(groups[0]?.region).toBe("apac");
    expect(groups.at(-1)).toMatchObject({ id: "", region: "cn" });
  });

  test("Tokyo is Japan's, though its POPs are Asia's too; a REC that also serves Africa is Europe's", () => {
    expect(groups.find(({ id }) => id === "Tokyo")?.region).toBe("jp");
    expect(groups.find(({ id }) => id === "Frankfurt")?.region).toBe("eu");
  });

  test("have metros", () => {
    const tokyo = groups.find(({ id }) => id === "Tokyo")?.pops ?? [];
    expect(
      popsByMetro(tokyo)
        .map(({ site }) => site)
        .sort(),
    ).toEqual(["KIX", "NRT"]);
  });
});

describe("what is searched", () => {
  const pop = CATALOGUE.find(({ code }) => code === "KIX50-P2");
  if (pop === undefined) throw new Error("The catalogue lacks KIX50-P2");
  test.each([
    ["kix", true],
    ["KIX50-P2", true],
    ["osa", true],
    ["JP", true],
    ["tok", true],
    ["大阪", true],
    ["阪", true],
    ["saka", false],
    ["seoul", false],
    ["", true],
  ])("%s", (typed, expected) => {
    expect(isMeant(pop, typed, ["大阪", "日本", "东京"])).toBe(expected);
  });
});
