import { POP_CODES } from "../../../domain/pops/pop-codes.ts";
import type { PopSelection } from "../../../domain/pops/pop-selection.ts";
import { COUNTRY_DEFAULTS, REGION_DEFAULTS } from "../../../domain/pops/regions.ts";
import {
  describeSelection,
  knownNames,
  popDomain,
  selectPops,
  suggestPops,
  type TargetType,
} from "../../../domain/pops/select.ts";

const pops = (targetType: TargetType, ...names: string[]) => selectPops(targetType, names).pops;

const WRONG = [
  " sin-c1",
  "SIN",
  "",
  "constructor",
  "__proto__",
  "SIN2",
  "SIN2-C",
  "SIN2C1",
  "SI2-C1",
  "SIN2-C1.evil.example",
];
const { jp, apac } = REGION_DEFAULTS;

it.each<[what: string, TargetType, names: string[], pops: readonly string[], unknown?: string[]]>([
  ["codes in their order", "pop", ["SIN2-C1", "ATL56-C1", "DFW55-C3"], ["SIN2-C1", "ATL56-C1", "DFW55-C3"]],
  ["codes trimmed, in capitals and once", "pop", [" sin2-c1 ", "SIN2-C1", "Atl56-c1\n"], ["SIN2-C1", "ATL56-C1"]],
  ["no code that is none, and names it as written, once", "pop", [...WRONG, "SIN2-C1", " sin-c1"], ["SIN2-C1"], WRONG],
  ["nothing if every name is wrong", "pop", ["XXX-C1"], [], ["XXX-C1"]],
  ["a POP of two regions once", "region", ["jp", "apac"], [...new Set([...jp, ...apac])]],
  ["observed codes where a country has any", "country", ["mexico"], ["QRO51-P3", "QRO50-P1"]],
  // Two a site, P before C, then the higher suffix, then the higher facility.
  ["the higher suffix of a facility", "country", ["ES"], ["MAD53-P8", "MAD53-P7"]],
  ["P before C, two a site", "country", ["uae"], ["DXB52-P1", "DXB50-C1", "FJR50-C1"]],
  [
    "every named country for an empty list",
    "country",
    [],
    [
      ...["BOM78-P1", "BOM78-P4", "NRT57-P2", "NRT57-P3", "SYD1-C1", "SYD62-P2"],
      ...["SIN2-P1", "SIN2-P2", "ICN57-P1", "ICN57-P2"],
    ],
  ],
  ["no country that has a site and no code", "country", ["qatar", "SA", "oman"], ["MCT50-P1"], ["qatar", "SA"]],
])("selects %s", (_, targetType, names, pops, unknown = []) =>
  expect(selectPops(targetType, names)).toEqual({ pops, unknown }),
);

it.each([
  ...Object.entries(REGION_DEFAULTS).map(([name, set]) => ["region", name, set] as const),
  ...Object.entries(COUNTRY_DEFAULTS).map(([name, set]) => ["country", name, set] as const),
])("the %s %s stands for its set", (targetType, name, set) =>
  expect(selectPops(targetType, [` ${name.toUpperCase()} `])).toEqual({ pops: [...set], unknown: [] }),
);

it.each([
  ["IN", "india"],
  ["New Zealand", "new_zealand"],
  [" South  Korea ", "south_korea"],
  ["uk", "united_kingdom"],
  ["Czech Republic", "czechia"],
])("the country %j is %s", (name, same) => {
  expect(pops("country", name)).toEqual(pops("country", same));
  expect(pops("country", name)).not.toEqual([]);
});

it("a site without an observed code has none where its country has any", () => {
  const sites = pops("country", "united_states").map((pop) => pop.slice(0, 3));
  expect(new Set(sites)).toEqual(new Set(["DFW", "HIO", "IAD", "JFK", "LAX", "ORD", "SEA"]));
});

it.each(["pop", "region"] as const)("an empty list of target type %s is every region but China", (targetType) => {
  const { cn, ...worldwide } = REGION_DEFAULTS;
  const selected = selectPops(targetType, []);
  expect(selected.unknown).toEqual([]);
  expect(new Set(selected.pops)).toEqual(new Set(Object.values(worldwide).flat()));
  expect(selected.pops).toHaveLength(30);
  expect(selected.pops.filter((pop) => (cn as readonly string[]).includes(pop))).toEqual([]);
});

it("known names are the regions, and the countries in order", () => {
  expect(knownNames("region")).toEqual(["apac", "au", "ca", "cn", "eu", "jp", "sa", "us"]);
  expect(knownNames("country")).toEqual(expect.arrayContaining(["india", "united_states"]));
  expect(knownNames("country")).not.toContain("qatar");
  expect(knownNames("country")).toEqual([...knownNames("country")].sort());
});

it("suggestions for an unknown code begin with the one that is nearest in form", () => {
  expect(suggestPops("SIN2P1")[0]).toBe("SIN2-P1");
  expect(suggestPops("icn57 p1")[0]).toBe("ICN57-P1");
  expect(suggestPops(`SIN${"2".repeat(1_000_000)}`)).not.toEqual([]);
});

it.each(["", "S", "XXX1-C1", "DOH50-C1"])("suggestions for an unknown code are none for %j", (name) =>
  expect(suggestPops(name)).toEqual([]),
);

it("one POP has a host name under the distribution's label", () => {
  expect(popDomain("d111111abcdef8", "SIN2-C1")).toBe("d111111abcdef8.SIN2-C1.cloudfront.net");
  expect(popDomain("d111111abcdef8", "EWR52-C4")).toBe("d111111abcdef8.EWR52-C4.cloudfront.net");
});

it.each(REGION_DEFAULTS.cn)("one POP: %s has a host name of China's service", (pop) =>
  expect(popDomain("d111111abcdef8", pop)).toBe(`d111111abcdef8.${pop}.cloudfront.cn`),
);

const EVERY = POP_CODES.filter(({ pop, basis }) => basis !== "example" && !pop.includes("-E")).map(({ pop }) => pop);
const KNOWN = POP_CODES.length;

it.each<[what: string, TargetType, names: string[], selection: Partial<PopSelection>]>([
  ["without names, the default set of all", "pop", [], { selected: 30, known: KNOWN, set: "default" }],
  ["a region, its default set among its own POPs", "region", ["EU"], { selected: 10, known: 107, places: ["eu"] }],
  [
    "a country, its default set",
    "country",
    ["japan"],
    { selected: 2, known: KNOWN, set: "default", places: ["japan"] },
  ],
  ["the codes of all POPs", "pop", EVERY, { selected: EVERY.length, known: KNOWN, set: "all" }],
  ["other codes", "pop", pops("pop").slice(1), { selected: 29, set: "named", places: [] }],
])("a selection is described: %s", (_, type, names, selection) => {
  expect(describeSelection(type, names, pops(type, ...names))).toMatchObject(selection);
});
