import { Plan } from "../../../domain/plan/plan.ts";
import { RecEvidence } from "../../../domain/plan/rec-evidence.ts";
import type { Target } from "../../../domain/plan/target.ts";
import type { GoodUrl } from "../../../domain/plan/task.ts";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import { coverageOf } from "../../../domain/readiness/coverage.ts";
import type { Coverage, PopCoverage } from "../../../domain/readiness/verdict.ts";
import type { Distribution } from "../../../domain/request/distributions.ts";
import type { UnreadableUrl } from "../../../domain/result/failure-groups.ts";
import { times } from "../../collect.ts";
import { LABEL, request, result, target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const ONE: Distribution[] = [{ label: LABEL, names: [] }];
const A: GoodUrl = { url: "https://a.example/1", bytes: 10 };
const B: GoodUrl = { url: "https://b.example/2", bytes: 10 };

interface Rest {
  readonly distributions?: Distribution[];
  readonly unreadable?: readonly UnreadableUrl[];
  readonly variants?: readonly string[];
  readonly regional?: readonly string[];
}

/** @param good as `pop url`; those of `regional` are kept by the REC alone, and every other task failed */
function coverageIn(
  targets: readonly Target[],
  urls: readonly GoodUrl[],
  good: readonly string[],
  { distributions = ONE, unreadable = [], variants = [], regional = [] }: Rest = {},
) {
  const pops = targets.map(({ pop }) => pop);
  const plan = planOf(distributions, targets, pops);
  const taskBitmap = new TaskBitmap(plan, urls);
  for (const { pop } of targets)
    for (const { url, variant } of urls) {
      const name = `${pop} ${variant ?? url}`;
      const isInRec = regional.includes(name);
      const outcome = isInRec ? "regional" : undefined;
      const ok = isInRec || good.includes(name);
      taskBitmap.addResult(result(pop, url, { ok, outcome, ...(variant === undefined ? {} : { variant }) }));
    }
  return coverageOf(plan, taskBitmap, { good: urls, unreadable, variants });
}

const SINGAPORE = [target("SIN2-P1"), target("SIN52-C2")];
const FRANKFURT = [target("FRA56-P4"), target("FRA60-P1")];
const failed = (pop: string, reason?: Target["reason"]) => target(pop, { state: "FAILED", reason });
const variants = ["br", "gzip"].map((variant) => ({ ...A, variant }));
const at = (pop: string, counts: Partial<PopCoverage>): PopCoverage => ({
  pop,
  tasks: 1,
  lacking: 0,
  cold: 0,
  unreadable: 0,
  ...counts,
});

it("a POP lacks an object that only its REC keeps, and the object is not cold there", () => {
  const seen = coverageIn(SINGAPORE, [A, B], [`SIN2-P1 ${B.url}`], {
    regional: SINGAPORE.map(({ pop }) => `${pop} ${A.url}`),
  });
  expect(seen).toMatchObject({
    cold_objects: 0,
    byPop: [at("SIN2-P1", { tasks: 2, lacking: 1 }), at("SIN52-C2", { tasks: 2, lacking: 2 })],
  });
});

it("an object is not cold where it failed at all POPs of a REC but one, which shows that the REC keeps it", () =>
  expect(coverageIn(SINGAPORE, [A], [], { regional: [`SIN52-C2 ${A.url}`] })).toMatchObject({
    cold_objects: 0,
    byPop: [at("SIN2-P1", { lacking: 1 }), at("SIN52-C2", { lacking: 1 })],
  }));

it.each<[what: string, targets: Target[], urls: GoodUrl[], good: string[], expected: Partial<Coverage>]>([
  [
    "an object is cold where it is good at no POP of a REC with two or more",
    SINGAPORE,
    [A, B],
    [`SIN2-P1 ${A.url}`],
    { cold_objects: 1, cold_recs: ["Singapore"], cold_examples: [{ url: B.url, rec: "Singapore" }] },
  ],
  [
    "not where its REC has one chosen POP, nor where the catalogue names no REC",
    [target("SIN2-P1"), target("XXX1-P1"), target("XXX2-P1")],
    [A],
    [],
    {
      cold_objects: 0,
      byPop: ["SIN2-P1", "XXX1-P1", "XXX2-P1"].map((pop) => at(pop, { lacking: 1 })),
    },
  ],
  [
    "not where its only other POP of the REC did not resolve: that one does not count",
    [target("SIN2-P1"), failed("SIN52-C2")],
    [A],
    [],
    { cold_objects: 0, unresolved: ["SIN52-C2"], byPop: [at("SIN2-P1", { lacking: 1 })] },
  ],
  [
    "where no POP of its distribution resolved: nothing of it was warmed",
    [failed("SIN2-P1"), failed("SIN52-C2")],
    [A, B],
    [],
    {
      cold_objects: 2,
      cold_recs: [],
      byPop: [],
      unresolved: ["SIN2-P1", "SIN52-C2"],
      cold_examples: [{ url: A.url }, { url: B.url }],
    },
  ],
  [
    "once, however many RECs lack it; each variant for itself",
    [...SINGAPORE, ...FRANKFURT],
    variants,
    ["SIN2-P1 gzip", "FRA60-P1 gzip"],
    {
      cold_objects: 1,
      cold_recs: ["Singapore", "Frankfurt"],
      cold_examples: [{ url: A.url, variant: "br", rec: "Singapore" }],
    },
  ],
  [
    "a POP of which the resolver did not answer is counted apart from one that does not exist",
    [target("SIN2-P1"), failed("ICN51-C1", "name_not_found"), failed("ICN54-C2", "dns_unavailable")],
    [A],
    [`SIN2-P1 ${A.url}`],
    { unresolved: ["ICN51-C1", "ICN54-C2"], unanswered: ["ICN54-C2"] },
  ],
  [
    "what is wanted at some POPs alone lacks nothing at the others",
    SINGAPORE,
    [{ ...A, pops: "01" }],
    [`SIN2-P1 ${A.url}`],
    {
      cold_objects: 0,
      byPop: [at("SIN2-P1", {}), at("SIN52-C2", { tasks: 0 })],
    },
  ],
])("%s", (_, targets, urls, good, expected) => expect(coverageIn(targets, urls, good)).toMatchObject(expected));

it("an object without a result is cold: a request that was stopped lacks what was not tried", () => {
  const plan = planOf(ONE, SINGAPORE);
  const seen = coverageOf(plan, new TaskBitmap(plan, [A]), { good: [A], unreadable: [], variants: [] });
  expect(seen).toMatchObject({ cold_objects: 1 });
});

it("of the cold objects, five are named, by 300 characters", () => {
  const urls = times(9, (i) => ({ url: `https://a.example/${i}${"x".repeat(8_000)}`, bytes: 1 }));
  const { cold_objects, cold_examples } = coverageIn(SINGAPORE, urls, []);
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
  expect(seen.byPop).toMatchObject([at("SIN2-P1", {}), at("FRA56-P4", { tasks: 2, lacking: 1 })]);
});

describe("a URL that could not be read", () => {
  const gone: UnreadableUrl = { url: "https://a.example/gone", problem: "HTTP 404", reason: "http_4xx" };
  const stranger: UnreadableUrl = { url: "https://stranger.example/", problem: "no distribution" };
  const pops = [...SINGAPORE, target("FRA56-P4"), failed("FRA60-P1")];

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
    expect(seen.byPop).toMatchObject(["SIN2-P1", "SIN52-C2", "FRA56-P4"].map((pop) => at(pop, { unreadable: 2 })));
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

it("the coverage of 60,000 URLs at 600 POPs is computed in seconds", () => {
  const urls = times(6_000, (i) => ({ url: `https://a.example/${i}`, bytes: 1 }));
  const plan = planOf(
    ONE,
    times(600, (i) => target(`SIN${i}-P1`)),
  );
  const taskBitmap = new TaskBitmap(plan, urls);
  // A tenth of it, within the time that a test may take.
  expect(coverageOf(plan, taskBitmap, { good: urls, unreadable: [], variants: [] }).cold_objects).toBe(6_000);
});

describe("with scope regional, the samples decide which POPs have one REC", () => {
  const [LEAD, OTHER] = ["SIN2-P1", "SIN52-C2"];
  const S = { ...A, sample: true as const };
  /** @param sample the result of the other POP's sample */
  const regional = (sample: "hit" | "miss" | undefined, outcomeOfB: "regional" | "warm" | undefined) => {
    const plan = new Plan(
      request({ scope: "regional", pops: [LEAD, OTHER], distributions: ONE }),
      SINGAPORE.map((it) => (it.pop === OTHER && sample === "miss" ? { ...it, leads: true as const } : it)),
    );
    const urls = [S, B];
    const taskBitmap = new TaskBitmap(plan, urls);
    const recEvidence = new RecEvidence(plan, urls);
    const add = (pop: string, url: string, more: object) => {
      const its = result(pop, url, { ok: true, outcome: "regional", ...more });
      if (taskBitmap.addResult(its)) recEvidence.addResult(its);
    };
    add(LEAD, S.url, { filled_at: 1_000 });
    const failed = { ok: false, outcome: "failed" as const };
    add(LEAD, B.url, outcomeOfB === undefined ? failed : {});
    add(OTHER, S.url, sample === undefined ? { ok: false } : { sample, led_by: LEAD, filled_at: 1_000 });
    add(OTHER, B.url, outcomeOfB === undefined ? failed : { outcome: outcomeOfB });
    return coverageOf(plan, taskBitmap, { good: urls, unreadable: [], variants: [], recEvidence });
  };

  it("a POP under another REC lacks what only its own cache has, although the lead's REC keeps it", () =>
    expect(regional("miss", "warm")).toMatchObject({
      edge_tasks: 1,
      byPop: [
        { pop: LEAD, lacking: 0 },
        { pop: OTHER, lacking: 1 },
      ],
    }));

  it("an object that failed at all POPs is cold, although they have different RECs", () =>
    expect(regional("miss", undefined)).toMatchObject({ cold_objects: 1, cold_recs: [expect.any(String)] }));

  it("a POP whose sample hit lacks nothing", () =>
    expect(regional("hit", "regional")).toMatchObject({ byPop: [{ lacking: 0 }, { tasks: 1, lacking: 0 }] }));

  it("a POP whose sample could not be read is grouped as the catalogue says", () =>
    expect(regional(undefined, "regional")).toMatchObject({
      cold_objects: 0,
      byPop: [{ lacking: 0 }, { lacking: 1 }],
    }));
});
