// The list of POPs that resolved: what is asked for, how answers are merged, and what follows for the sets.
import {
  candidatesAt,
  livePops,
  NO_LIVE_POPS,
  readDiscovered,
  withAnswers,
} from "../../../domain/pops/discovered-pops.ts";
import { listPops } from "../../../domain/pops/list-pops.ts";
import { POP_CODE, POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { REGION_DEFAULTS } from "../../../domain/pops/regions.ts";
import { describeSelection, selectPops } from "../../../domain/pops/select.ts";
import { SITES } from "../../../domain/pops/sites.ts";

const NOW = Date.parse("2026-12-02T06:00:00Z");
const AT = "2026-12-01 06:00:00.000000";
const siteNamed = (...names: string[]) => SITES.filter(({ iata }) => names.includes(iata));

describe("the candidates", () => {
  const singapore = candidatesAt(siteNamed("SIN"));

  it("are the catalogue's codes of the site, and the facilities of all sites with C1 to C4 and P1 to P20", () => {
    const known = POP_CODES.map(({ pop }) => pop).filter((pop) => pop.startsWith("SIN"));
    expect(new Set(singapore.slice(0, known.length))).toEqual(new Set(known));
    // SIN2 and SIN52 are known; 900 is a number seen in Seattle alone.
    expect(singapore).toEqual(expect.arrayContaining(["SIN2-P20", "SIN52-C4", "SIN900-P20", "SIN51-C1"]));
    for (const absent of ["SIN2-P21", "SIN2-C5", "SIN7-P1"]) expect(singapore).not.toContain(absent);
    expect(new Set(singapore).size).toBe(singapore.length);
    for (const pop of singapore) expect(pop).toMatch(POP_CODE);
  });

  it("begin with the facilities that the site is known to have", () =>
    expect(singapore.indexOf("SIN52-C4")).toBeLessThan(singapore.indexOf("SIN1-P1")));

  it("take less than twenty minutes at 200 a second for all sites, and leave China out", () => {
    const all = candidatesAt(SITES);
    expect(all.length / 200 / 60).toBeLessThan(20);
    expect(all.filter((pop) => /^(PVG|SZX|BJS|ZHY)/.test(pop))).toEqual([]);
  });
});

describe("a stored list", () => {
  const text = (change: object = {}) =>
    JSON.stringify({ discovered_at: AT, sites: ["SIN"], pops: ["SIN2-P1"], ...change });

  it("is read with its codes, each once", () =>
    expect(readDiscovered(text({ pops: ["SIN2-P1", "SIN2-P1", "SEA900-P4"] }), NOW)).toEqual({
      list: { discovered_at: AT, sites: ["SIN"], pops: ["SIN2-P1", "SEA900-P4"] },
    }));

  it.each([
    ["2026-11-25 06:00:01.000000", true],
    ["2026-11-25 05:59:59.000000", false],
    ["2026-12-20 00:00:00.000000", false],
    ["yesterday", false],
  ])("of %s is used: %s", (discovered_at, isUsed) => {
    const { list, note } = readDiscovered(text({ discovered_at }), NOW);
    expect([list !== undefined, note === undefined]).toEqual([isUsed, isUsed]);
  });

  it("that is absent is no reason for a note", () => expect(readDiscovered(undefined, NOW)).toEqual({}));
});

describe("answers", () => {
  const before = { discovered_at: AT, sites: ["FRA", "SIN"], pops: ["FRA56-P4", "SIN2-P1", "SIN2-P2"] };

  it("replace the list's codes of their sites, and the rest keeps its age", () =>
    expect(
      withAnswers(before, ["SIN2-P1", "SIN2-P2", "SIN2-P3"], {
        alive: ["SIN2-P3"],
        answered: new Set(["SIN2-P1", "SIN2-P2", "SIN2-P3"]),
        begunAt: NOW,
      }),
    ).toEqual({ discovered_at: AT, sites: ["FRA", "SIN"], pops: ["FRA56-P4", "SIN2-P3"] }));

  it("of an interrupted discovery leave their site incomplete, and what was known of its other codes stays", () =>
    expect(
      withAnswers(before, ["SIN2-P1", "SIN2-P2"], { alive: [], answered: new Set(["SIN2-P1"]), begunAt: NOW }),
    ).toEqual({ discovered_at: AT, sites: ["FRA"], pops: ["FRA56-P4", "SIN2-P2"] }));

  it("make a list of their own time where there was none, or all of it was asked again", () => {
    const found = { alive: ["SIN2-P2"], answered: new Set(["SIN2-P2"]), begunAt: NOW };
    const list = { discovered_at: "2026-12-02 06:00:00.000000", sites: ["SIN"], pops: ["SIN2-P2"] };
    expect(withAnswers(undefined, ["SIN2-P2"], found)).toEqual(list);
    expect(withAnswers({ discovered_at: AT, sites: ["SIN"], pops: ["SIN2-P2"] }, ["SIN2-P2"], found)).toEqual(list);
  });
});

describe("the sets", () => {
  const live = (pops: string[], sites: string[] = []) =>
    livePops({ list: { discovered_at: AT, sites, pops } }, new Map(), NOW);
  const eu = (facts: typeof NO_LIVE_POPS) => selectPops("region", ["eu"], facts).pops;

  it("stay as they are where nothing is known", () => {
    expect(eu(NO_LIVE_POPS)).toEqual(REGION_DEFAULTS.eu);
    expect(eu(live(["SIN2-P1"], ["SIN"]))).toEqual(REGION_DEFAULTS.eu);
    expect(eu(live([...REGION_DEFAULTS.eu]))).toEqual(REGION_DEFAULTS.eu);
  });

  it("replace a POP that does not exist by one of its site that does, the newest first", () => {
    const set = eu(live(["FRA60-P1", "FRA56-C1", "FRA56-P16"], ["FRA"]));
    expect(set.filter((pop) => pop.startsWith("FRA"))).toEqual(["FRA60-P1", "FRA56-P16"]);
    expect(set).toHaveLength(REGION_DEFAULTS.eu.length);
  });

  it("lose the POPs of a site at which none exists, but never all", () => {
    expect(eu(live(["FRA60-P1"], ["LHR"])).some((pop) => pop.startsWith("LHR"))).toBe(false);
    expect(selectPops("region", ["jp"], live(["SIN2-P1"], ["NRT"])).pops).toEqual(REGION_DEFAULTS.jp);
  });

  it("of a country without a code in the catalogue are what resolved there", () =>
    expect(selectPops("country", ["qatar"], live(["DOH50-P1", "DOH50-P2", "DOH50-P3"])).pops).toEqual([
      "DOH50-P3",
      "DOH50-P2",
    ]));

  it("prefer what resolved for a request in the last month", () => {
    const resolved = (at: number) => livePops({}, new Map([["SYD62-P7", at]]), NOW);
    const au = (at: number) => selectPops("region", ["au"], resolved(at)).pops;
    expect(au(NOW - 29 * 86_400_000)).toContain("SYD62-P7");
    expect(au(NOW - 31 * 86_400_000)).toEqual(REGION_DEFAULTS.au);
  });

  it("are described with the number of POPs that exist, and the source of that", () => {
    const known = POP_CODES.filter(({ pop }) => !pop.startsWith("SIN")).length + 1;
    const facts = live(["SIN2-P1"], ["SIN"]);
    expect(describeSelection("region", [], selectPops("region", [], facts).pops, facts)).toMatchObject({
      known,
      source: "discovered",
      discovered_at: AT,
    });
  });

  it("are marked in the rows of GET /pops as a request selects them", () => {
    const facts = live(["FRA60-P1", "FRA56-P16"], ["FRA"]);
    const marked = listPops({}, new Map(), facts).filter((row) => row.default_of.includes("eu"));
    expect(marked.map(({ code }) => code).sort()).toEqual([...eu(facts)].sort());
  });
});
