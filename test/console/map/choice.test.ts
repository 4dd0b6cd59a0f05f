import { isMeant, popGroups, popsByMetro } from "../../../console/map/groups.ts";
import { defaultSelection, nextOfRegion, popsOfRegion, REGIONS } from "../../../console/map/regions.ts";
import { added, chosenOf, shareOf, toggled, without } from "../../../console/map/selection.ts";
import { listPops } from "../../../domain/pops/list-pops.ts";
import { selectPops } from "../../../domain/pops/select.ts";

const CATALOGUE = listPops({}, new Map());
const groups = popGroups(CATALOGUE, "rec", REGIONS);

test("groups hold every POP once", () => {
  for (const by of ["rec", "country"] as const) {
    const codes = popGroups(CATALOGUE, by, REGIONS).flatMap(({ pops }) => pops.map(({ code }) => code));
    expect(codes.sort()).toEqual(CATALOGUE.map(({ code }) => code).sort());
  }
});

test("groups stand by region, the POPs without a known REC last", () => {
  expect(groups[0]?.region).toBe("apac");
  expect(groups.at(-1)).toMatchObject({ id: "", region: "cn" });
});

test("groups: Tokyo is Japan's, though its POPs are Asia's too; a REC that also serves Africa is Europe's", () => {
  expect(groups.find(({ id }) => id === "Tokyo")?.region).toBe("jp");
  expect(groups.find(({ id }) => id === "Frankfurt")?.region).toBe("eu");
});

test("groups have metros", () => {
  const tokyo = groups.find(({ id }) => id === "Tokyo")?.pops ?? [];
  expect(
    popsByMetro(tokyo)
      .map(({ site }) => site)
      .sort(),
  ).toEqual(["KIX", "NRT"]);
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
  ])("%s", (typed, expected) => expect(isMeant(pop, typed, ["大阪", "日本", "东京"])).toBe(expected));
});

test("at first the default sets are chosen: what a request without POPs would warm", () =>
  expect([...defaultSelection(CATALOGUE)].sort()).toEqual(selectPops("region", []).pops.sort()));

test("a region's chip: its default set, all of it, none, and again", () => {
  const { all } = popsOfRegion(CATALOGUE, "ca");
  const first = nextOfRegion(CATALOGUE, "ca", new Set(["SIN2-P1"]));
  expect([...first].sort()).toEqual(["SIN2-P1", "YUL62-C1", "YUL62-C2"]);
  const second = nextOfRegion(CATALOGUE, "ca", first);
  expect(second.size).toBe(all.length + 1);
  const third = nextOfRegion(CATALOGUE, "ca", second);
  expect([...third]).toEqual(["SIN2-P1"]);
});

test("where some are chosen by hand, the next is all", () => {
  const { all } = popsOfRegion(CATALOGUE, "sa");
  const one = all.at(-1) ?? "";
  expect(nextOfRegion(CATALOGUE, "sa", new Set([one])).size).toBe(all.length);
});

test("Japan is in two regions: without it, Asia has some, not all", () => {
  const asia = new Set(popsOfRegion(CATALOGUE, "apac").all);
  const left = nextOfRegion(CATALOGUE, "jp", asia);
  expect(left.size).toBe(asia.size - popsOfRegion(CATALOGUE, "jp").all.length);
});

const chosen = new Set(["A1", "B1"]);

test("how many of some POPs are chosen, and which share that is", () => {
  expect(chosenOf(["A1", "A2"], chosen)).toBe(1);
  expect(shareOf(["A1", "A2"], chosen)).toBe("some");
  expect(shareOf(["A1", "B1"], chosen)).toBe("all");
  expect(shareOf(["C1"], chosen)).toBe("none");
});

test("a click chooses all of them, and none if all were", () => {
  expect([...toggled(chosen, ["A1", "A2"])]).toEqual(["A1", "B1", "A2"]);
  expect([...toggled(chosen, ["A1"])]).toEqual(["B1"]);
});

test("the choice before stays as it was", () => {
  added(chosen, ["C1"]);
  without(chosen, ["A1"]);
  expect([...chosen]).toEqual(["A1", "B1"]);
});
