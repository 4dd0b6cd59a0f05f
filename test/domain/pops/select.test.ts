import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COUNTRY_NAMES } from "../../../domain/pops/countries.ts";
import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import { COUNTRY_DEFAULTS, REGION_DEFAULTS } from "../../../domain/pops/regions.ts";
import { knownNames, popDomain, selectPops, suggestPops, type TargetType } from "../../../domain/pops/select.ts";

const TARGET_TYPES: readonly TargetType[] = ["pop", "country", "region"];
const pops = (targetType: TargetType, ...names: string[]) => selectPops(targetType, names).pops;
const withBasis = (basis: string) => POP_CODES.filter((code) => code.basis === basis).map(({ pop }) => pop);

describe("POPs by code", () => {
  it("keeps the order in which they were asked for", () => {
    expect(selectPops("pop", ["SIN2-C1", "ATL56-C1", "DFW55-C3"])).toEqual({
      pops: ["SIN2-C1", "ATL56-C1", "DFW55-C3"],
      unknown: [],
    });
  });

  it("trims, upper-cases and drops duplicates", () => {
    expect(pops("pop", " sin2-c1 ", "SIN2-C1", "Atl56-c1\n")).toEqual(["SIN2-C1", "ATL56-C1"]);
  });

  it("names what is no code as it was written, once, and keeps the rest", () => {
    const wrong = [" sin-c1", "SIN", "", "constructor", "SIN2", "SIN2-C", "SIN2C1", "SI2-C1", "SIN2-C1.evil.example"];
    expect(selectPops("pop", [...wrong, "SIN2-C1", " sin-c1"])).toEqual({ pops: ["SIN2-C1"], unknown: wrong });
  });

  it("has no POP when every name is wrong: the default set is for an empty list alone", () => {
    expect(selectPops("pop", ["XXX-C1"])).toEqual({ pops: [], unknown: ["XXX-C1"] });
  });

  it.each(withBasis("example"))("%s may be asked for, though documentation alone names it", (pop) => {
    expect(selectPops("pop", [pop])).toEqual({ pops: [pop], unknown: [] });
  });
});

describe("POPs by region", () => {
  it.each(Object.entries(REGION_DEFAULTS))("%s stands for its set", (region, set) => {
    expect(selectPops("region", [region])).toEqual({ pops: [...set], unknown: [] });
    expect(pops("region", ` ${region.toUpperCase()} `)).toEqual([...set]);
  });

  it("lists a POP of two regions once", () => {
    const both = pops("region", "jp", "apac");
    expect(both.slice(0, 2)).toEqual(REGION_DEFAULTS.jp);
    expect(both).toHaveLength(REGION_DEFAULTS.apac.length);
  });
});

describe("POPs by country", () => {
  it.each(Object.entries(COUNTRY_DEFAULTS))("%s stands for its set", (country, set) => {
    expect(selectPops("country", [country])).toEqual({ pops: [...set], unknown: [] });
  });

  it.each([
    ["IN", "india"],
    ["Nz", "new_zealand"],
    ["CN", "china"],
    ["New Zealand", "new_zealand"],
    [" South  Korea ", "south_korea"],
    ["viet nam", "vietnam"],
    ["uk", "united_kingdom"],
    ["USA", "united_states"],
    ["uae", "united_arab_emirates"],
    ["Czech Republic", "czechia"],
  ])("%j is %s", (name, same) => {
    expect(pops("country", name)).toEqual(pops("country", same));
    expect(pops("country", name)).not.toEqual([]);
  });

  it("chooses observed codes where a country has any, even if a site then has none", () => {
    expect(pops("country", "mexico")).toEqual(["QRO51-P3", "QRO50-P1"]);
    const unitedStates = pops("country", "united_states");
    expect(new Set(unitedStates.map((pop) => pop.slice(0, 3)))).toEqual(new Set(["DFW", "IAD", "ORD"]));
  });

  it("takes two a site, P before C, then the higher suffix, then the higher facility", () => {
    expect(pops("country", "ES")).toEqual(["MAD53-P8", "MAD53-P7"]);
    expect(pops("country", "hk")).toEqual(["HKG61-P1", "HKG54-P1"]);
    expect(pops("country", "uae")).toEqual(["DXB52-P1", "DXB50-C1", "FJR50-C1"]);
    expect(pops("country", "ireland")).toEqual(["DUB56-P3", "DUB56-P1"]);
    expect(pops("country", "br")).toEqual(["FOR50-P2", "GIG51-P2", "GRU3-P10", "GRU3-P5"]);
  });

  it("does not know a country with a site and no POP code", () => {
    expect(selectPops("country", ["qatar", "SA", "Türkiye", "oman"])).toEqual({
      pops: ["MCT50-P1"],
      unknown: ["qatar", "SA", "Türkiye"],
    });
  });

  it("does not know a country without a site, nor a region", () => {
    expect(selectPops("country", ["iceland", "is", "apac", "eu", ""]).unknown).toEqual([
      "iceland",
      "is",
      "apac",
      "eu",
      "",
    ]);
  });

  it.each(Object.keys(COUNTRY_NAMES))("%s never stands for an example code", (code) => {
    const examples = new Set(withBasis("example"));
    expect(pops("country", code).filter((pop) => examples.has(pop))).toEqual([]);
  });
});

describe("an empty list", () => {
  it.each(["pop", "region"] as const)("of target type %s is every region but China", (targetType) => {
    const { cn, ...worldwide } = REGION_DEFAULTS;
    const selected = selectPops(targetType, []);
    expect(selected.unknown).toEqual([]);
    expect(new Set(selected.pops)).toEqual(new Set(Object.values(worldwide).flat()));
    expect(selected.pops).toHaveLength(30);
    expect(selected.pops.filter((pop) => (cn as readonly string[]).includes(pop))).toEqual([]);
  });
});

describe("any list of names", () => {
  it.each(TARGET_TYPES)("of target type %s gives known POPs once, and every other name back", (targetType) => {
    const known = knownNames(targetType);
    const codes = new Set(POP_CODES.map(({ pop }) => pop));
    const name = fc.oneof(fc.string(), fc.constantFrom(...known), fc.constantFrom("__proto__", "toString"));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        const selected = selectPops(targetType, names);
        expect(new Set(selected.pops).size).toBe(selected.pops.length);
        expect(selected.pops.every((pop) => codes.has(pop))).toBe(true);
        expect(selected.unknown.every((unknown) => names.includes(unknown))).toBe(true);
        expect(selected.unknown.some((unknown) => known.includes(unknown))).toBe(false);
        expect(selectPops("pop", selected.pops).unknown).toEqual([]);
      }),
    );
  });
});

describe("known names", () => {
  it("are the regions, and the countries in order", () => {
    expect(knownNames("region")).toEqual(["apac", "au", "ca", "cn", "eu", "jp", "sa", "us"]);
    expect(knownNames("country")).toEqual(expect.arrayContaining(["india", "united_states"]));
    expect(knownNames("country")).not.toContain("qatar");
    expect(knownNames("country")).toEqual([...knownNames("country")].sort());
  });
});

describe("suggestions for an unknown code", () => {
  it("begin with the one that is nearest in form", () => {
    expect(suggestPops("SIN2P1")[0]).toBe("SIN2-P1");
    expect(suggestPops("icn57 p1")[0]).toBe("ICN57-P1");
    expect(suggestPops(`SIN${"2".repeat(1_000_000)}`)).not.toEqual([]);
  });

  it("are the site's, the equally near best first", () => {
    expect(suggestPops("icn")).toEqual([
      "ICN57-P3",
      "ICN80-P1",
      "ICN53-P1",
      "ICN51-C2",
      "ICN55-C1",
      "ICN57-P2",
      "ICN57-P1",
      "ICN54-C3",
      "ICN54-C2",
      "ICN54-C1",
      "ICN51-C1",
      "ICN80-P2",
    ]);
  });

  it.each(["", "S", "XXX1-C1", "DOH50-C1"])("are none for %j", (name) => {
    expect(suggestPops(name)).toEqual([]);
  });
});

describe("one POP", () => {
  it("has a host name under the distribution's label", () => {
    expect(popDomain("d111111abcdef8", "SIN2-C1")).toBe("d111111abcdef8.SIN2-C1.cloudfront.net");
    expect(popDomain("d111111abcdef8", "EWR52-C4")).toBe("d111111abcdef8.EWR52-C4.cloudfront.net");
  });

  it.each(REGION_DEFAULTS.cn)("%s has a host name of China's service", (pop) => {
    expect(popDomain("d111111abcdef8", pop)).toBe(`d111111abcdef8.${pop}.cloudfront.cn`);
  });
});
