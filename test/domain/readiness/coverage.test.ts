import { describe, expect, it } from "vitest";
import type { Target } from "../../../domain/plan/target.ts";
import type { GoodUrl } from "../../../domain/plan/task.ts";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import { coverageOf } from "../../../domain/readiness/coverage.ts";
import type { Distribution } from "../../../domain/request/distributions.ts";
import type { UnreadableUrl } from "../../../domain/result/failure-groups.ts";
import { LABEL, result, target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const ONE: Distribution[] = [{ label: LABEL, names: [] }];
const A: GoodUrl = { url: "https://a.example/1", bytes: 10 };
const B: GoodUrl = { url: "https://b.example/2", bytes: 10 };

interface Rest {
  readonly distributions?: Distribution[];
  readonly unreadable?: readonly UnreadableUrl[];
  readonly variants?: readonly string[];
}

/** @param good as `pop url`; every other task failed */
function coverageIn(
  targets: readonly Target[],
  urls: readonly GoodUrl[],
  good: readonly string[],
  { distributions = ONE, unreadable = [], variants = [] }: Rest = {},
) {
  const pops = targets.map(({ pop }) => pop);
  const plan = planOf(distributions, targets, "lead-first", pops);
  const taskBitmap = new TaskBitmap(plan, urls);
  for (const { pop } of targets)
    for (const { url, variant } of urls) {
      const ok = good.includes(`${pop} ${variant ?? url}`);
      taskBitmap.addResult(result(pop, url, { ok, ...(variant === undefined ? {} : { variant }) }));
    }
  return coverageOf(plan, taskBitmap, { good: urls, unreadable, variants });
}

describe("an object is cold", () => {
  const singapore = [target("SIN2-P1"), target("SIN52-C2")];
  it("where it is good at no POP of a REC with two or more", () => {
    const seen = coverageIn(singapore, [A, B], [`SIN2-P1 ${A.url}`]);
    expect(seen).toMatchObject({ cold_objects: 1, cold_recs: ["Singapore"] });
    expect(seen.cold_examples).toEqual([{ url: B.url, rec: "Singapore" }]);
  });

  it("not where its REC has one chosen POP, nor where the catalogue names no REC", () => {
    const seen = coverageIn([target("SIN2-P1"), target("XXX1-P1"), target("XXX2-P1")], [A], []);
    expect(seen.cold_objects).toBe(0);
    expect(seen.byPop.map(({ lacking }) => lacking)).toEqual([1, 1, 1]);
  });

  it("not where its only other POP of the REC did not resolve: that one does not count", () => {
    const seen = coverageIn([target("SIN2-P1"), target("SIN52-C2", { state: "FAILED" })], [A], []);
    expect(seen).toMatchObject({ cold_objects: 0, unresolved: ["SIN52-C2"] });
    expect(seen.byPop.map(({ pop, lacking }) => [pop, lacking])).toEqual([["SIN2-P1", 1]]);
  });

  it("where no POP of its distribution resolved: nothing of it was warmed", () => {
    const failed = singapore.map((it) => ({ ...it, state: "FAILED" as const }));
    const seen = coverageIn(failed, [A, B], []);
    expect(seen).toMatchObject({ cold_objects: 2, cold_recs: [], byPop: [], unresolved: ["SIN2-P1", "SIN52-C2"] });
    expect(seen.cold_examples).toEqual([{ url: A.url }, { url: B.url }]);
  });

  it("once, however many RECs lack it; each variant for itself", () => {
    const everywhere = [...singapore, target("FRA56-P4"), target("FRA60-P1")];
    const variants = ["br", "gzip"].map((variant) => ({ ...A, variant }));
    const seen = coverageIn(everywhere, variants, ["SIN2-P1 gzip", "FRA60-P1 gzip"]);
    expect(seen).toMatchObject({ cold_objects: 1, cold_recs: ["Singapore", "Frankfurt"] });
    expect(seen.cold_examples).toEqual([{ url: A.url, variant: "br", rec: "Singapore" }]);
  });

  it("while it has no result: a request that was stopped lacks what was not tried", () => {
    const plan = planOf(ONE, singapore, "lead-first");
    const seen = coverageOf(plan, new TaskBitmap(plan, [A]), { good: [A], unreadable: [], variants: [] });
    expect(seen).toMatchObject({ cold_objects: 1 });
  });
});

it("of the cold objects, five are named, by 300 characters", () => {
  const urls = Array.from({ length: 9 }, (_, i) => ({ url: `https://a.example/${i}${"x".repeat(8_000)}`, bytes: 1 }));
  const { cold_objects, cold_examples } = coverageIn([target("SIN2-P1"), target("SIN52-C2")], urls, []);
  expect([cold_objects, cold_examples.length]).toEqual([9, 5]);
  expect(cold_examples[0]?.url).toMatch(/^.{299}…$/);
});

it("a POP has the tasks of the distributions under which it resolved", () => {
  const two: Distribution[] = [
    { label: "d1", names: [], hosts: ["a.example"] },
    { label: "d2", names: [], hosts: ["b.example"] },
  ];
  const targets = [
    ...[target("SIN2-P1", { label: "d1" }), target("FRA56-P4", { label: "d1" })],
    ...[target("SIN2-P1", { label: "d2", state: "FAILED" }), target("FRA56-P4", { label: "d2" })],
  ];
  const seen = coverageIn(targets, [A, B], [`SIN2-P1 ${A.url}`, `FRA56-P4 ${B.url}`], { distributions: two });
  expect(seen).toMatchObject({ cold_objects: 0, unresolved: ["SIN2-P1"] });
  expect(seen.byPop).toEqual([
    { pop: "SIN2-P1", tasks: 1, lacking: 0, cold: 0, unreadable: 0 },
    { pop: "FRA56-P4", tasks: 2, lacking: 1, cold: 0, unreadable: 0 },
  ]);
});

describe("a URL that could not be read", () => {
  const gone: UnreadableUrl = { url: "https://a.example/gone", problem: "HTTP 404", reason: "http_4xx" };
  const stranger: UnreadableUrl = { url: "https://stranger.example/", problem: "no distribution" };
  const pops = [target("SIN2-P1"), target("SIN52-C2"), target("FRA56-P4"), target("FRA60-P1", { state: "FAILED" })];

  it("is cold at every POP that resolved, also where its host leads to no distribution", () => {
    const distributions: Distribution[] = [{ label: LABEL, names: [], hosts: ["a.example"] }];
    const all = pops.map(({ pop }) => `${pop} ${A.url}`);
    const seen = coverageIn(pops, [A], all, { distributions, unreadable: [gone, stranger] });
    expect(seen).toMatchObject({
      cold_objects: 2,
      cold_unreadable: 2,
      cold_recs: ["Singapore"],
      urls: 3,
      unreadable_urls: 2,
    });
    expect(seen.cold_examples).toEqual([
      { url: gone.url, rec: "Singapore" },
      { url: stranger.url, rec: "Singapore" },
    ]);
    expect(seen.byPop.map(({ tasks, lacking, unreadable }) => [tasks, lacking, unreadable])).toEqual([
      [1, 0, 2],
      [1, 0, 2],
      [1, 0, 2],
    ]);
  });

  it("is an object in each variant, or in the one that could not be read", () => {
    const one = { ...A, variant: "gzip" };
    const good = pops.map(({ pop }) => `${pop} gzip`);
    const unreadable = [gone, { ...gone, url: A.url, variant: "br" }];
    const seen = coverageIn(pops, [one], good, { unreadable, variants: ["br", "gzip"] });
    expect(seen).toMatchObject({ cold_objects: 3, urls: 2, unreadable_urls: 2 });
    expect(seen.byPop[0]).toMatchObject({ tasks: 1, unreadable: 3 });
  });
});

it("a POP of which the resolver did not answer is counted apart from one that does not exist", () => {
  const failed = (pop: string, reason: Target["reason"]) => target(pop, { state: "FAILED", reason });
  const targets = [target("SIN2-P1"), failed("ICN51-C1", "name_not_found"), failed("ICN54-C2", "dns_unavailable")];
  expect(coverageIn(targets, [A], [`SIN2-P1 ${A.url}`])).toMatchObject({
    unresolved: ["ICN51-C1", "ICN54-C2"],
    unanswered: ["ICN54-C2"],
  });
});

it("what is wanted at some POPs alone lacks nothing at the others", () => {
  const targets = [target("SIN2-P1"), target("SIN52-C2"), target("SIN5-C1", { state: "FAILED" })];
  const seen = coverageIn(targets, [{ ...A, pops: "01" }], [`SIN2-P1 ${A.url}`]);
  expect(seen.cold_objects).toBe(0);
  expect(seen.byPop.map(({ tasks, lacking }) => [tasks, lacking])).toEqual([
    [1, 0],
    [0, 0],
  ]);
});

it("the coverage of 60,000 URLs at 600 POPs is computed in seconds", () => {
  const urls = Array.from({ length: 6_000 }, (_, i) => ({ url: `https://a.example/${i}`, bytes: 1 }));
  const plan = planOf(
    ONE,
    Array.from({ length: 600 }, (_, i) => target(`SIN${i}-P1`)),
    "lead-first",
  );
  const taskBitmap = new TaskBitmap(plan, urls);
  // A tenth of it, within the time that a test may take.
  expect(coverageOf(plan, taskBitmap, { good: urls, unreadable: [], variants: [] }).cold_objects).toBe(6_000);
});
