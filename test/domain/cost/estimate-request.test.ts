import { describe, expect, it } from "vitest";
import { estimateSchema } from "../../../domain/cost/estimate.ts";
import {
  type EstimateInput,
  estimateRequest,
  originFetches,
  popsByRec,
} from "../../../domain/cost/estimate-request.ts";
import { instanceKind } from "../../../domain/cost/prices.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { request } from "../../lambdas/items.ts";

const POPS = ["KIX50-C1", "KIX50-P2", "DUB2-C1"];
const URLS = Array.from({ length: 4 }, (_, i) => `https://www.example.com/${i}`);

const REQUEST: EstimateInput = {
  item: request({ pops: POPS, order: "lead-first", verify: "edge", instance_count: 2 }),
  urls: URLS,
  timeoutMinutes: 60,
  paths: 0,
  lowerBound: false,
  sources: [],
  distributions: 1,
  sizes: [1e9, 2e9, 3e9, 4e9].map((size) => ({ size })),
  kind: instanceKind(["c7gn.large"]),
  caps: DEFAULT_CAPS,
  activeRequests: 1,
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
      bytes: { estimate: 30e9, low: 30e9, high: 30e9, sampled: 4, unknown: 0, unreadable: 0, first_problem: null },
      origin_fetches: { expected: 8, least: 8, most: 8, size_questions: 4 },
    });
    expect(estimate().bytes.note).toMatch(/^Exact/);
  });

  it("what cannot be read is no bytes, and the first reason is told", () => {
    expect(estimate({ sizes: [{ size: 1e9 }, { problem: "HTTP 404" }, { size: 1e9 }, undefined] }).bytes).toMatchObject(
      {
        estimate: 8e9,
        low: expect.any(Number),
        sampled: 4,
        unknown: 1,
        unreadable: 1,
        first_problem: "HTTP 404",
      },
    );
  });

  it("nothing is made up where no size is known", () => {
    const { bytes, dollars } = estimate({ sizes: [] });
    expect(bytes).toMatchObject({ estimate: null, low: null, high: null, sampled: 0 });
    expect(dollars.high).toBeNull();
  });

  it("dollars by line: bytes by region, requests twice a task, instances for as long as it takes", () => {
    const lines = dollars();
    // 20 GB in Japan, 10 in Europe; checks ask for a byte.
    expect(lines["cloudfront_bytes"]).toBeCloseTo(20 * 0.114 + 10 * 0.085, 4);
    expect(lines["cloudfront_requests"]).toBeCloseTo(24 * 1.2e-6 + 4e-6, 5);
    const { hours } = estimate().instances;
    expect(hours).toBeGreaterThan((2 * 75) / 3_600);
    expect(lines["ec2_spot"]).toBeCloseTo(hours * 0.04992, 4);
    expect(lines["public_ipv4"]).toBeCloseTo(hours * 0.005, 4);
    const { total, lines: all } = estimate().dollars;
    expect(total).toBeCloseTo(
      all.reduce((sum, line) => sum + line.dollars, 0),
      4,
    );
  });

  it.each([
    ["off", 12, 1],
    ["edge", 24, 1],
    ["addresses", 72, 3],
  ] as const)("verify %s: %d requests, and bytes %d times", (verify, requests, downloads) => {
    const lines = dollars({}, { verify });
    expect(lines["cloudfront_requests"]).toBeCloseTo(requests * 1.2e-6 + 4e-6, 5);
    expect(lines["cloudfront_bytes"]).toBeCloseTo(downloads * (20 * 0.114 + 10 * 0.085), 4);
  });

  it("a check of a small object is all of its bytes again", () => {
    const small = dollars({ sizes: sizesOf(5e4) }, { pops: Array<string>(300).fill("DUB2-C1") });
    expect(small["cloudfront_bytes"]).toBeCloseTo(2 * 4 * 300 * 5e-5 * 0.085, 4);
  });

  it.each([
    [1_000, 0],
    [1_500, 2.5],
  ])("%d paths cost %d dollars", (paths, cost) => {
    expect(dollars({ paths })["invalidation_paths"]).toBeCloseTo(cost, 6);
  });

  it("caps with what of them it takes", () => {
    expect(estimate().caps).toEqual([
      { cap: "maxTasks", value: 12, limit: 10_000_000 },
      { cap: "maxRequestBytes", value: 30e9, limit: 1e13 },
      { cap: "maxInstances", value: 2, limit: 20 },
      { cap: "maxTimeout", value: 60, limit: 10_080 },
      { cap: "maxActiveRequests", value: 1, limit: 20 },
    ]);
  });

  it("the pipeline's messages are made by the size of an object, however often it is read", () => {
    const of = (verify: "off" | "addresses") => dollars({ sizes: sizesOf(6e4) }, { verify, instance_count: 1 });
    expect(of("addresses")["pipeline"]).toBe(of("off")["pipeline"]);
  });

  it("says what no line has: POPs in China are not priced", () => {
    expect(estimate({}, { pops: ["PVG52-E1"] }).dollars.not_included.join()).toMatch(/POPs in China \(1\)/);
    expect(estimate().dollars.not_included.join()).not.toMatch(/China/);
  });
});

const TOKYO = ["KIX50-C1", "KIX50-P2", "NRT57-P3"];
const DUBLIN = ["DUB2-C1"];
const NOWHERE = "XQX1-P1";

describe("how often the origin is asked", () => {
  it.each([
    ["lead-first: once a REC", [...TOKYO, ...DUBLIN], "lead-first", 10, { expected: 20, least: 20, most: 20 }],
    [
      "all-at-once: once a REC, or once a POP",
      [...TOKYO, ...DUBLIN],
      "all-at-once",
      10,
      { expected: null, least: 20, most: 40 },
    ],
    [
      "a REC that nobody knows may be another's",
      [...TOKYO, NOWHERE],
      "lead-first",
      10,
      { expected: 20, least: 10, most: 20 },
    ],
    ["nobody knows any", [NOWHERE], "lead-first", 3, { expected: 3, least: 3, most: 3 }],
  ] as const)("%s", (_, pops, order, forms, expected) => {
    expect(originFetches(pops, order, forms)).toEqual({ ...expected, size_questions: forms });
  });

  it("one fetch per REC group where a REC has more POPs than one message names", () => {
    const many = Array.from({ length: 70 }, (_, i) => `NRT${i + 1}-P1`);
    expect(originFetches(many, "lead-first", 5)).toMatchObject({ expected: 10, least: 5, most: 10 });
  });
});

it("POPs stand by their REC, those without one apart", () => {
  expect(popsByRec([...TOKYO, NOWHERE, ...DUBLIN])).toEqual({
    count: 5,
    recs: [
      { rec: "Tokyo", pops: TOKYO },
      { rec: "Ireland", pops: DUBLIN },
    ],
    unknown_rec: [NOWHERE],
  });
});
