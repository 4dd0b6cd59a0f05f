import {
  billedRegion,
  counterWriteUnits,
  edgeBytesPrice,
  edgeDollars,
  edgeRequestsPrice,
  pipelineCosts,
} from "../../../domain/cost/bill.ts";
import { instanceKind } from "../../../domain/cost/prices.ts";
import { UNITS } from "../../../domain/cost/work-time.ts";

it.each([
  [1e9, "northAmerica", 0.085],
  [10_000e9, "northAmerica", 850],
  [50_000e9, "europe", 850 + 3_200],
  [150_000e9, "northAmerica", 850 + 3_200 + 6_000],
  [10_001e9, "asia", 1_200 + 0.1],
  [1e9, "india", 0.109],
  [6_000_000e9, "southAmerica", 1_100 + 4_200 + 9_000 + 28_000 + 31_440 + 200_000 + 39_040],
] as const)("CloudFront's bytes: %d to viewers of %s cost %d dollars", (bytes, region, dollars) =>
  expect(edgeBytesPrice(bytes, region)).toBeCloseTo(dollars, 6),
);

it("requests cost more by https, and most in South America", () => {
  expect(edgeRequestsPrice(1e6, "northAmerica", 1)).toBeCloseTo(1);
  expect(edgeRequestsPrice(1e6, "northAmerica", 0.5)).toBeCloseTo(0.875);
  expect(edgeRequestsPrice(1e6, "southAmerica", 1)).toBeCloseTo(2.2);
});

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

it("CloudFront bills each region's requests and bytes, and size probes in North America; POPs in China are not in it", () =>
  expect(
    edgeDollars(
      [
        traffic("IAD89-P1", 1e6, 6_000e9),
        traffic("SFO5-P1", 0, 6_000e9),
        traffic("BOM78-P1", 1e6, 1e9),
        traffic("PVG52-E1", 1e9, 1e15),
      ],
      1e6,
      1,
    ),
  ).toBeCloseTo(850 + 2_000 * 0.08 + 0.109 + 1 + 1.2 + 1, 5));

// Messages of 100 URLs.
const costs = pipelineCosts(
  {
    traffic: Array.from({ length: 200 }, () => ({ ...traffic("IAD89-P1", 15_000, 15e7), tasks: 5_000 })),
    urlVariants: 5_000,
    objectBytes: 1e4,
    instances: 1,
    instanceHours: 1,
    kind: instanceKind(["c7gn.large"]),
    paths: 0,
    secure: 1,
  },
  UNITS,
);

it("a result is one write, one consistent read in pages, and a month of 800 bytes: 700 and DynamoDB's overhead", () => {
  const read = (700 / 4_096) * 0.125;
  const stored = 0.8 * 0.25;
  expect(costs.table).toBeCloseTo(0.625 + read + stored, 6);
});

it("a message is sent, received and deleted ten at a time, and a call is billed by 64 KiB", () => {
  // Ten messages of 100 URLs have 94,000 bytes: two calls to send them, two to receive them, one to delete them.
  expect(costs.sqs).toBeCloseTo((10_000 / 10) * 5 * 0.4e-6, 9);
});

it.each([
  [1, 3 + 2],
  [24, 3 + 2],
  [25, 3 + 4],
  [400, 3 + 34],
  [600, 3 + 50],
])("a batch with results of %i POPs costs %i write units", (pops, units) =>
  expect(counterWriteUnits(pops)).toBe(units),
);
