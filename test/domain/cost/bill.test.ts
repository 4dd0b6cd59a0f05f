import { billedRegion, billOf, edgeLines } from "../../../domain/cost/bill.ts";
import { instanceKind } from "../../../domain/cost/prices.ts";

it.each([
  ["IAD89-P1", "northAmerica"],
  ["FRA56-P4", "europe"],
  ["IST50-C1", "europe"],
  ["DXB52-P1", "africaMiddleEast"],
  ["BOM78-P1", "india"],
  ["PVG52-E1", undefined],
  ["XQX1-P1", "asia"],
])("where a POP is billed: %s: %s", (pop, region) => expect(billedRegion(pop)).toBe(region));

const traffic = (pop: string, requests: number, bytes: number) => ({ pop, tasks: 1, size: bytes, requests, bytes });

it("CloudFront bills each region's requests and bytes, and size probes in North America; POPs in China are not in it", () => {
  const lines = edgeLines(
    [
      traffic("IAD89-P1", 1e6, 6_000e9),
      traffic("SFO5-P1", 0, 6_000e9),
      traffic("BOM78-P1", 1e6, 1e9),
      traffic("PVG52-E1", 1e9, 1e15),
    ],
    1e6,
  );
  expect(lines.map(({ dollars }) => dollars)).toEqual([
    expect.closeTo(12_000 * 0.085 + 0.109, 5),
    expect.closeTo(1 + 1.2 + 1, 5),
  ]);
  expect(lines[0].of).toBe("northAmerica 12000 GB, india 1.00 GB");
});

it("the pipeline costs the same for each task, and instances what they cost an hour", () => {
  const kind = instanceKind(["c7gn.large"]);
  const billed = {
    traffic: [{ ...traffic("IAD89-P1", 0, 0), tasks: 2e6 }],
    objects: 0,
    kind,
    instanceHours: 10,
    paths: 0,
  };
  const dollars = Object.fromEntries(billOf(billed).map((it) => [it.line, it.dollars]));
  expect(dollars).toMatchObject({ pipeline: 1.72, ec2_spot: 0.4992, public_ipv4: 0.05 });
});
