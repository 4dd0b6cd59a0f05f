// What the catalogue says, file by file, agrees: sites.ts, recs.ts, pop-codes.ts, default-sets.ts, countries.ts, regions.ts.
import { readFileSync } from "node:fs";
import * as z from "zod";
import { COUNTRY_NAMES } from "../../../domain/pops/countries.ts";
import { POP_CODE, POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { RECS } from "../../../domain/pops/recs.ts";
import { COUNTRY_DEFAULTS, REGION_DEFAULTS, regionsOf } from "../../../domain/pops/regions.ts";
import { SITES, type Site, siteOf } from "../../../domain/pops/sites.ts";

const NEARLY_KM = 60;

/** Great-circle distance. */
function kilometres(a: Site, b: Site | undefined): number {
  if (b === undefined) return Number.POSITIVE_INFINITY;
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const sin2 = (degrees: number) => Math.sin(rad(degrees) / 2) ** 2;
  const h = sin2(b.lat - a.lat) + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * sin2(b.lon - a.lon);
  return 2 * 6371 * Math.asin(Math.sqrt(h));
}

function fail(what: string): never {
  throw new Error(`${what} has no site`);
}

/** The response headers of test/recorded/cloudfront-responses.jsonl that name POPs. */
function recordedCodes(): string[] {
  const schema = z.object({ headers: z.array(z.tuple([z.string(), z.string()])) });
  const lines = readFileSync("test/recorded/cloudfront-responses.jsonl", "utf8").trim().split("\n");
  const headers = lines.flatMap((line) => schema.parse(JSON.parse(line)).headers);
  const values = headers.filter(([name]) => name.toLowerCase() === "x-amz-cf-pop").map(([, value]) => value);
  // A response has one for each distribution that it passed.
  return [...new Set(values.flatMap((value) => value.split(/[\n,]/).map((pop) => pop.trim())))];
}

/** Codes without kind and number, as CloudFront wrote them until 2019. They name a facility, and no POP can be asked for by them. */
const FORMER_FORM = ["ARN53", "PRG50"];

describe("recorded responses", () => {
  const codes = recordedCodes().filter((pop) => !FORMER_FORM.includes(pop));

  it("name POPs by codes of the form that every reader accepts", () => {
    expect(codes.length).toBeGreaterThan(40);
    for (const pop of codes) expect(pop).toMatch(POP_CODE);
  });

  it("name no POP that the catalogue lacks", () =>
    expect(POP_CODES.map(({ pop }) => pop)).toEqual(expect.arrayContaining(codes)));
});

it("has the codes of the recordings with Server-Timing, and those of three digits", () => {
  const observed = POP_CODES.filter(({ basis }) => basis === "observed").map(({ pop }) => pop);
  const series = ["FRA56-P16", "FRA60-P11", "SIN2-P1", "SIN2-P6", "LAX54-P9", "LAX50-P5"];
  expect(observed).toEqual(expect.arrayContaining([...series, "JFK52-P3", "SEA900-P4"]));
});

describe("the catalogue", () => {
  it("has places on the Earth, no two sites at the same one, and RECs with Chinese names", () => {
    for (const { iata, lat, lon } of SITES) expect(Math.abs(lat) < 65 && Math.abs(lon) <= 180, iata).toBe(true);
    expect(new Set(SITES.map(({ lat, lon }) => `${lat} ${lon}`)).size).toBe(SITES.length);
    for (const { zh } of RECS) expect(zh).toMatch(/\p{Script=Han}/u);
  });

  it("has no row twice", () => {
    for (const keys of [SITES.map(({ iata }) => iata), POP_CODES.map(({ pop }) => pop), RECS.map(({ name }) => name)]) {
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("has well-formed codes, each at a site of its own", () => {
    const sites = new Set(SITES.map(({ iata }) => iata));
    for (const { pop } of POP_CODES) {
      expect(pop).toMatch(POP_CODE);
      expect(sites).toContain(pop.slice(0, 3));
    }
  });

  it("has the suffix E in China and nowhere else", () => {
    for (const { pop } of POP_CODES) expect(pop.includes("-E"), pop).toBe(siteOf(pop)?.country === "CN");
  });

  it("has a REC for every site outside China, and none inside", () => {
    for (const { iata, country, rec } of SITES) expect(rec === undefined, iata).toBe(country === "CN");
  });

  it("has a site in the metro of each REC; a site that has its REC there is that one", () => {
    for (const { name, site } of RECS) expect(siteOf(site)?.city, name).toBeDefined();
    const inMetro = SITES.filter(({ recBasis }) => recBasis === "metro").map(({ iata, rec }) => `${rec} ${iata}`);
    const documented = RECS.filter(({ basis }) => basis === "documented");
    // Hillsboro is the metro nearest to Oregon's region, which has none of its own.
    const metros = documented.filter(({ name }) => name !== "Oregon").map(({ name, site }) => `${name} ${site}`);
    expect(inMetro.sort()).toEqual(metros.sort());
  });

  it("guesses the nearest of the documented RECs, where it guesses", () => {
    const documented = RECS.filter(({ basis }) => basis === "documented");
    for (const site of SITES.filter(({ recBasis }) => recBasis === "nearest")) {
      const away = (name: string | undefined) =>
        kilometres(site, siteOf(documented.find((it) => it.name === name)?.site ?? ""));
      const nearest = documented.map(({ name }) => away(name)).sort((a, b) => a - b)[0] ?? 0;
      // A REC's place is that of an airport near it: two that are about as far may stand the other way round.
      expect(away(site.rec) - nearest, site.iata).toBeLessThan(NEARLY_KM);
    }
  });

  it.each([
    ["eu", 27, 65, -25, 45],
    ["us", 18, 65, -170, -50],
    ["ca", 40, 65, -170, -50],
    ["sa", -56, 13, -82, -34],
    ["apac", -11, 60, 60, 150],
    ["au", -48, 0, 110, 180],
  ] as const)("has the sites of %s between its degrees", (region, south, north, west, east) => {
    const sites = SITES.filter((site) => regionsOf(site).includes(region));
    expect(sites.length).toBeGreaterThan(0);
    for (const { iata, lat, lon } of sites) {
      expect(lat > south && lat < north && lon > west && lon < east, iata).toBe(true);
    }
  });

  it("has the POPs of each region's set at sites of that region", () => {
    for (const [region, pops] of Object.entries(REGION_DEFAULTS)) {
      for (const pop of pops) expect(regionsOf(siteOf(pop) ?? fail(pop)), pop).toContain(region);
    }
  });

  it("has a name for every country with a site, and no other, none twice", () => {
    expect(Object.keys(COUNTRY_NAMES).sort()).toEqual([...new Set(SITES.map(({ country }) => country))].sort());
    expect(new Set(Object.values(COUNTRY_NAMES)).size).toBe(Object.keys(COUNTRY_NAMES).length);
    for (const name of Object.values(COUNTRY_NAMES)) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it("has every default set under a known name, of known codes that are more than an example", () => {
    const usable = new Set(POP_CODES.filter(({ basis }) => basis !== "example").map(({ pop }) => pop));
    for (const set of [...Object.values(REGION_DEFAULTS), ...Object.values(COUNTRY_DEFAULTS)]) {
      expect(new Set(set).size).toBe(set.length);
      for (const pop of set) expect(usable).toContain(pop);
    }
    expect(Object.values(COUNTRY_NAMES)).toEqual(expect.arrayContaining(Object.keys(COUNTRY_DEFAULTS)));
  });
});
