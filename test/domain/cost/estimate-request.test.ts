import { originFetches, urlsByCaching } from "../../../domain/cost/edge-traffic.ts";
import { estimateSchema } from "../../../domain/cost/estimate.ts";
import { directPrices, type EstimateInput, estimateRequest } from "../../../domain/cost/estimate-request.ts";
import { instanceKind } from "../../../domain/cost/prices.ts";
import type { StoredBehaviour } from "../../../domain/distribution/stored-settings.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { Verify } from "../../../domain/result/outcome.ts";
import { checkPrewarmRequest } from "../../../domain/validation/prewarm-request.ts";
import { times } from "../../collect.ts";
import { request } from "../../lambdas/items.ts";

const POPS = ["KIX50-C1", "KIX50-P2", "DUB2-C1"];
const URLS = times(4, (i) => `https://www.example.com/${i}`);

const REQUEST: EstimateInput = {
  item: request({ pops: POPS, verify: "edge", instance_count: 2 }),
  urls: URLS,
  paths: 0,
  lowerBound: false,
  sources: [],
  distributions: 1,
  sizes: [1e9, 2e9, 3e9, 4e9].map((size) => ({ size })),
  kind: instanceKind(["c7gn.large"]),
};

/** @param asked what the request's item has instead */
const estimate = (changes: Partial<EstimateInput> = {}, asked: Partial<RequestItem> = {}) => {
  const made = estimateRequest({ ...REQUEST, ...changes, item: { ...REQUEST.item, ...asked } });
  expect(estimateSchema.parse(made)).toEqual(made);
  return made;
};

const sizesOf = (size: number) => URLS.map(() => ({ size }));

/** Dollars by line. */
const dollars = (changes: Partial<EstimateInput> = {}, asked: Partial<RequestItem> = {}) =>
  Object.fromEntries(estimate(changes, asked).dollars.lines.map(({ line, dollars }) => [line, dollars]));

describe("what a request would come to", () => {
  it("tasks, bytes and origin fetches are exact where all sizes are known", () => {
    expect(estimate()).toMatchObject({
      urls: 4,
      variants: 1,
      tasks: 12,
      lower_bound: false,
      bytes: { estimate: 30e9, sampled: 4, unknown: 0, unreadable: 0 },
      origin_fetches: { expected: 8, size_questions: 4 },
    });
  });

  const GONE = { url: "https://www.example.com/gone", problem: "HTTP 404" };
  it("what cannot be read is no bytes, and is named with its reason", () =>
    expect(estimate({ sizes: [{ size: 1e9 }, GONE, { size: 1e9 }, undefined] }).bytes).toMatchObject({
      estimate: 8e9,
      sampled: 4,
      unknown: 1,
      unreadable: 1,
      unreadable_urls: [{ url: GONE.url, error: "HTTP 404" }],
    }));

  it("nothing is made up where no size is known", () => {
    const { bytes, transferred_bytes } = estimate({ sizes: [] });
    expect(bytes).toMatchObject({ estimate: null, sampled: 0 });
    expect(transferred_bytes).toBeNull();
  });

  const BYTES = 20 * 0.114 + 10 * 0.085;
  const requests = (count: number) => count * 1.2e-6 + 4e-6;
  const manyInDublin = { pops: Array<string>(300).fill("DUB2-C1") };

  it.each<[what: string, line: string, cost: number, changes?: Partial<EstimateInput>, asked?: Partial<RequestItem>]>([
    ["20 GB in Japan and 10 in Europe, twice; checks ask for a byte", "cloudfront_bytes", 2 * BYTES],
    ["the same, downloaded once", "cloudfront_bytes", BYTES, {}, { downloads: 1 }],
    ["three requests a task", "cloudfront_requests", requests(36)],
    ["two requests a task without checks", "cloudfront_requests", requests(24), {}, { verify: "off" }],
    ["a small object again, for a check", "cloudfront_bytes", 0.0153, { sizes: sizesOf(5e4) }, manyInDublin],
    ["nothing for 1,000 paths", "invalidation_paths", 0, { paths: 1_000 }],
    ["half a cent for each path beyond", "invalidation_paths", 2.5, { paths: 1_500 }],
  ])("dollars of %s", (_, line, cost, changes, asked) => expect(dollars(changes, asked)[line]).toBeCloseTo(cost, 5));

  it("dollars of instances, for as long as it takes; all lines are the total", () => {
    const { instances, dollars } = estimate();
    const lines = Object.fromEntries(dollars.lines.map(({ line, dollars }) => [line, dollars]));
    expect(instances.hours).toBeGreaterThan((2 * 80) / 3_600);
    expect(lines["ec2_spot"]).toBeCloseTo(instances.hours * 0.04992, 4);
    expect(lines["public_ipv4"]).toBeCloseTo(instances.hours * 0.005, 4);
    expect(dollars.total).toBeCloseTo(
      dollars.lines.reduce((sum, line) => sum + line.dollars, 0),
      4,
    );
  });

  it("says what no line has: POPs in China are not priced", () => {
    expect(estimate({}, { pops: ["PVG52-E1"] }).dollars.not_included.join()).toMatch(/POPs in China \(1\)/);
    expect(estimate().dollars.not_included.join()).not.toMatch(/China/);
  });
});

describe("prices of a request and of its cheaper forms", () => {
  // Three POPs under two RECs.
  it.each<[what: string, Partial<RequestItem>, expected: Record<string, { requests: number; bytes: number }>]>([
    [
      "two downloads and a check",
      {},
      {
        as_asked: { requests: 36 + 4, bytes: 60e9 + 12 },
        downloads_1: { requests: 24 + 4, bytes: 30e9 + 12 },
        // Each REC has a lead, and the third POP a sample, which is left at its head.
        regional: { requests: 16 + 1 + 4, bytes: 20e9 + 8 + 1 },
      },
    ],
    [
      "without checks",
      { verify: "off" },
      { as_asked: { requests: 24 + 4, bytes: 60e9 }, downloads_1: { requests: 12 + 4, bytes: 30e9 } },
    ],
    ["one download", { downloads: 1 }, { as_asked: { requests: 24 + 4, bytes: 30e9 + 12 } }],
    ["regional", { scope: "regional" }, { as_asked: { requests: 16 + 1 + 4, bytes: 20e9 + 8 + 1 } }],
  ])("requests and bytes: %s", (_, asked, expected) => {
    const { prices, transferred_bytes, dollars } = estimate({}, asked);
    expect(prices).toMatchObject(expected);
    expect(transferred_bytes).toBe(prices.as_asked.bytes);
    expect(dollars.total).toBe(prices.as_asked.dollars);
  });

  it("the check and the sample of a small object read it whole", () => {
    const { as_asked, regional } = estimate({ sizes: [1_000, 2_000, 3_000, 4_000].map((size) => ({ size })) }).prices;
    expect([as_asked.bytes, regional.bytes]).toEqual([3 * 3 * 10_000, 2 * 2 * 10_000 + 1_000]);
  });

  it("with scope regional, tasks and bytes are those of leads and of one sample for each cache behavior", () => {
    const behaviourOf = (url: string) => ({ path_pattern: url.endsWith("0") ? "a" : "*" });
    const { tasks, bytes, prices } = estimate({ behaviourOf }, { scope: "regional" });
    expect([tasks, bytes.estimate, prices.as_asked.requests]).toEqual([8 + 2, 22e9, 16 + 2 + 4]);
    const uncached = estimate({ behaviourOf: () => UNCACHED }, { scope: "regional" });
    expect([uncached.tasks, uncached.origin_fetches.expected]).toEqual([8, 16]);
  });

  it("a patch of 80 GB at 16 POPs under 6 RECs costs 217, 109 and at most 42 dollars", () => {
    const url_list = times(40, (i) => `https://www.example.com/${i}`);
    const body = { url_list, regions: ["eu", "us"], timeout: 240, instance_count: 4 };
    const { item } = checkPrewarmRequest(body, { reqId: "", now: 0, caps: DEFAULT_CAPS });
    const { pops, prices } = estimate({ urls: url_list, sizes: url_list.map(() => ({ size: 2e9 })) }, item);
    expect(pops.count).toBe(16);
    expect(prices.as_asked.dollars).toBeCloseTo(217.7, 0);
    expect(prices.downloads_1.dollars).toBeCloseTo(108.9, 0);
    expect(prices.regional.dollars).toBeGreaterThan(40.8);
    expect(prices.regional.dollars).toBeLessThan(41.2);
  });

  it("a run of this machine costs what CloudFront bills, and a retry of half of its tasks half of it", () => {
    const objects = URLS.map((url) => ({ url, bytes: 1e9 }));
    const settings = { pops: POPS, verify: "edge" } as const;
    const urls = urlsByCaching(URLS, () => undefined);
    const of = (tasks: number) => directPrices({ settings, urls, objects, tasks }).as_asked;
    expect(of(12)).toEqual({ requests: 40, bytes: 24e9 + 12, dollars: expect.closeTo(16 * 0.114 + 8 * 0.085, 3) });
    expect(of(6)).toMatchObject({ requests: 18 + 4, bytes: 12e9 + 6 });
    const unknown = URLS.map((url) => ({ url, bytes: null }));
    expect(directPrices({ settings, urls, objects: unknown, tasks: 12 }).as_asked.bytes).toBeNull();
  });
});

const TOKYO = ["KIX50-C1", "KIX50-P2", "NRT57-P3"];
const DUBLIN = ["DUB2-C1"];
const NOWHERE = "XQX1-P1";
const SHIELD = { path_pattern: "*", origin_shield: "us-east-1" };
const UNCACHED = { path_pattern: "*", uncached: true } as const;

const fetchesOf = (
  pops: readonly string[],
  count: number,
  [behaviour, verify = "edge"]: readonly [StoredBehaviour?, Verify?] = [],
) => {
  const urls = times(count, (i) => `https://www.example.com/${i}`);
  return originFetches(
    { pops, verify },
    urlsByCaching(urls, () => behaviour),
    1,
  );
};

it.each([
  ["once a REC", [...TOKYO, ...DUBLIN], 10, 20],
  ["a REC that nobody knows", [...TOKYO, NOWHERE], 10, 20],
  ["nobody knows any", [NOWHERE], 3, 3],
] as const)("how often the origin is asked: %s", (_, pops, forms, expected) =>
  expect(fetchesOf(pops, forms)).toMatchObject({ expected, size_questions: forms, origin_shield: [] }),
);

it.each([
  ["Origin Shield asks once for all RECs", [SHIELD], 10],
  // Two downloads each, and a check.
  ["what is not cached: each request of each POP", [UNCACHED], 120],
  ["what is not cached, without a proof: each POP", [UNCACHED, "off"], 80],
] as const)("how often the origin is asked: %s", (_, how, expected) =>
  expect(fetchesOf([...TOKYO, ...DUBLIN], 10, how)).toMatchObject({ expected }),
);

it("under limits for the origin, two leads of each REC ask for what is not cached", () => {
  const urls = urlsByCaching(
    times(10, (i) => `https://www.example.com/${i}`),
    () => UNCACHED,
  );
  const settings = { pops: [...TOKYO, ...DUBLIN], verify: "edge", origin: { concurrency: 1 } } as const;
  expect(originFetches(settings, urls, 1).expected).toBe(90);
});

it("names the Regions of Origin Shield, and what is not cached", () => {
  const behaviourOf = (url: string) => (/[01]$/.test(url) ? UNCACHED : url.endsWith("2") ? SHIELD : undefined);
  expect(estimate({ behaviourOf }).origin_fetches).toEqual({
    // Three POPs ask three times for two URLs, two RECs for one, and Origin Shield for one.
    expected: 3 * 3 * 2 + 2 + 1,
    size_questions: 4,
    origin_shield: ["us-east-1"],
    uncached: { urls: 2, fetches: 18, examples: URLS.slice(0, 2) },
  });
});

it("how often the origin is asked: one fetch per REC group where a REC has more POPs than one message names", () => {
  const many = times(70, (i) => `NRT${i + 1}-P1`);
  expect(fetchesOf(many, 5)).toMatchObject({ expected: 10 });
});
