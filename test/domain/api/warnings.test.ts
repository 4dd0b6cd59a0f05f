import { expect, it } from "vitest";
import { describeRequest } from "../../../domain/api/request-view.ts";
import { warningsOf } from "../../../domain/api/warnings.ts";
import { NO_PROGRESS } from "../../../domain/request/progress.ts";
import { NO_COUNT } from "../../../domain/result/count.ts";
import { count, request } from "../../lambdas/items.ts";

const NOW = Date.parse("2024-04-16T03:15:09.499Z");

const doubtful = { count: 4_711, examples: ["Cache-Control: no-store of https://cdn.example.com/a"] };

it.each([
  ["nothing to say", {}, 0, []],
  ["hits without a tier", {}, 7, [["no_tier", 7, []]]],
  ["URLs that may never be kept", { may_not_be_kept: doubtful }, 0, [["may_not_be_kept", 4_711, doubtful.examples]]],
  [
    "both",
    { may_not_be_kept: doubtful },
    1,
    [
      ["no_tier", 1, []],
      ["may_not_be_kept", 4_711, doubtful.examples],
    ],
  ],
])("%s", (_, item, hit_count, expected) => {
  const warnings = warningsOf(item, { ...NO_COUNT, hit_count }, NOW);
  expect(warnings.map(({ code, count, examples }) => [code, count, examples])).toEqual(expected);
});

it("hits whose Age proves nothing have a warning of their own, and the others did not tell their tier", () => {
  const ages = { no_age_count: 1, age_constant_count: 2, origin_age_count: 3 };
  const warnings = warningsOf({}, { ...NO_COUNT, hit_count: 10, ...ages }, NOW);
  expect(warnings.map(({ code, count }) => [code, count])).toEqual([
    ["no_tier", 4],
    ["no_age", 1],
    ["age_constant", 2],
    ["origin_age", 3],
  ]);
  expect(warningsOf({}, { ...NO_COUNT, hit_count: 3, origin_age_count: 3 }, NOW).map(({ code }) => code)).toEqual([
    "origin_age",
  ]);
});

it("are of the counts of the answer they stand in: a request that goes on, and one that has ended", () => {
  const view = { now: Date.parse("2024-04-16T03:15:09.499Z"), heartbeatTimeoutMs: 60_000 };
  const running = request({ status: "IN_PROGRESS", total_count: 4 });
  const progress = { ...NO_PROGRESS, count: count(2, 20, 0, { hit_count: 2 }) };
  expect(describeRequest(running, progress, view).warnings).toMatchObject([{ code: "no_tier", count: 2 }]);
  const ended = request({
    status: "FINISHED",
    active: undefined,
    verdict: "ready",
    total_count: 4,
    ...count(4, 40, 0, { hit_count: 3 }),
  });
  expect(describeRequest(ended, progress, view).warnings).toMatchObject([{ code: "no_tier", count: 3 }]);
});

it("of what came uncompressed, with examples; of POPs under another REC, those with most misses", () => {
  const urls = ["https://cdn.example.com/a.css (br)"];
  const misses = { "SIN2-P1": 1, "FRA56-P4": 0, "GRU1-C2": 7, "IAD89-P1": 2, "NRT57-P3": 3 };
  const popCounts = new Map(
    Object.entries(misses).map(([pop, rec_miss_count]) => [pop, { ...NO_COUNT, rec_miss_count }]),
  );
  const counted = { ...NO_COUNT, uncompressed_count: 5, rec_miss_count: 13, size_changed_count: 3 };
  const warnings = warningsOf({}, counted, NOW, { uncompressed: urls, popCounts });
  expect(warnings.map(({ code, count, examples }) => [code, count, examples])).toEqual([
    ["not_compressed", 5, urls],
    ["rec_wrong", 13, ["GRU1-C2: 7", "NRT57-P3: 3", "IAD89-P1: 2"]],
    ["size_changed", 3, []],
  ]);
  expect(warningsOf({}, counted, NOW).map(({ examples }) => examples)).toEqual([[], [], []]);
});

it.each([
  ["instances that are missing for ten minutes", 600_000, "y", [["no_capacity", 3]]],
  ["instances that are missing for less", 599_999, "y", []],
  ["instances that were missing when the request ended", 900_000, undefined, []],
] as const)("%s", (_, forMs, active, expected) => {
  const missing_instances = { count: 3, since: NOW - forMs };
  const warnings = warningsOf({ active, missing_instances }, NO_COUNT, NOW);
  expect(warnings.map(({ code, count }) => [code, count])).toEqual(expected);
});

it("GET /prewarm has the warning of missing instances", () => {
  const running = request({ status: "IN_PROGRESS", missing_instances: { count: 2, since: NOW - 700_000 } });
  const { warnings } = describeRequest(running, NO_PROGRESS, { now: NOW, heartbeatTimeoutMs: 60_000 });
  expect(warnings).toMatchObject([
    { code: "no_capacity", count: 2, message: expect.stringMatching(/onDemandPercent/) },
  ]);
});
