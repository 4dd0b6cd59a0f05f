import { describe, expect, it } from "vitest";
import { Ledger } from "../../../domain/plan/ledger.ts";
import { Plan } from "../../../domain/plan/plan.ts";
import type { Target } from "../../../domain/plan/target.ts";
import type { GoodUrl } from "../../../domain/plan/task-url.ts";
import { surveyOf } from "../../../domain/readiness/survey.ts";
import type { Distribution } from "../../../domain/request/distribution.ts";
import { LABEL, result, target } from "../../lambdas/items.ts";

const ONE: Distribution[] = [{ label: LABEL, names: [] }];
const A: GoodUrl = { url: "https://a.example/1", bytes: 10 };
const B: GoodUrl = { url: "https://b.example/2", bytes: 10 };

/** @param good as `pop url`; every other task failed */
function surveyed(targets: readonly Target[], urls: readonly GoodUrl[], good: readonly string[], distributions = ONE) {
  const pops = targets.map(({ pop }) => pop);
  const plan = new Plan(distributions, targets, "lead-first", pops);
  const ledger = new Ledger(plan, urls);
  for (const { pop } of targets)
    for (const { url, variant } of urls) {
      const ok = good.includes(`${pop} ${variant ?? url}`);
      ledger.enter(result(pop, url, { ok, ...(variant === undefined ? {} : { variant }) }));
    }
  return surveyOf(plan, ledger, urls);
}

describe("an object is cold", () => {
  const singapore = [target("SIN2-P1"), target("SIN52-C2")];
  it("where it is good at no POP of a REC with two or more", () => {
    const seen = surveyed(singapore, [A, B], [`SIN2-P1 ${A.url}`]);
    expect(seen).toMatchObject({ coldObjects: 1, coldRecs: ["Singapore"] });
    expect(seen.coldExamples).toEqual([{ url: B.url, rec: "Singapore" }]);
  });

  it("not where its REC has one chosen POP, nor where nobody knows the REC", () => {
    const seen = surveyed([target("SIN2-P1"), target("XXX1-P1"), target("XXX2-P1")], [A], []);
    expect(seen.coldObjects).toBe(0);
    expect(seen.pops.map(({ lacking }) => lacking)).toEqual([1, 1, 1]);
  });

  it("though the other POP of the REC did not resolve: it was chosen", () => {
    const seen = surveyed([target("SIN2-P1"), target("SIN52-C2", { state: "FAILED" })], [A], []);
    expect(seen.coldObjects).toBe(1);
  });

  it("where no POP of its distribution resolved", () => {
    const seen = surveyed(
      singapore.map((it) => ({ ...it, state: "FAILED" })),
      [A, B],
      [],
    );
    expect(seen).toMatchObject({ coldObjects: 2, coldRecs: ["Singapore"] });
    expect(seen.pops).toEqual([
      { pop: "SIN2-P1", tasks: 2, lacking: 2, resolved: false },
      { pop: "SIN52-C2", tasks: 2, lacking: 2, resolved: false },
    ]);
  });

  it("once, however many RECs lack it; each variant for itself", () => {
    const everywhere = [...singapore, target("FRA56-P4"), target("FRA60-P1")];
    const variants = ["br", "gzip"].map((variant) => ({ ...A, variant }));
    const seen = surveyed(everywhere, variants, ["SIN2-P1 gzip", "FRA60-P1 gzip"]);
    expect(seen).toMatchObject({ coldObjects: 1, coldRecs: ["Singapore", "Frankfurt"] });
    expect(seen.coldExamples).toEqual([{ url: A.url, variant: "br", rec: "Singapore" }]);
  });

  it("while it has no result: a request that was stopped lacks what nobody tried", () => {
    const plan = new Plan(ONE, singapore, "lead-first", []);
    const seen = surveyOf(plan, new Ledger(plan, [A]), [A]);
    expect(seen).toMatchObject({ coldObjects: 1 });
  });
});

it("a POP has the tasks of all its distributions, also where it resolved under one of them alone", () => {
  const two: Distribution[] = [
    { label: "d1", names: [], hosts: ["a.example"] },
    { label: "d2", names: [], hosts: ["b.example"] },
  ];
  const targets = [target("SIN2-P1", { label: "d1" }), target("SIN2-P1", { label: "d2", state: "FAILED" })];
  const seen = surveyed(targets, [A, B], [`SIN2-P1 ${A.url}`], two);
  expect(seen.pops).toEqual([{ pop: "SIN2-P1", tasks: 2, lacking: 1, resolved: false }]);
});

it("a POP that did not resolve lacks all, also where there is nothing to warm", () => {
  const seen = surveyed([target("SIN2-P1", { state: "FAILED" })], [], []);
  expect(seen.pops).toEqual([{ pop: "SIN2-P1", tasks: 0, lacking: 1, resolved: false }]);
});

it("what is wanted at some POPs alone lacks nothing at the others, also where these did not resolve", () => {
  const targets = [target("SIN2-P1"), target("SIN52-C2"), target("SIN5-C1", { state: "FAILED" })];
  const seen = surveyed(targets, [{ ...A, pops: "01" }], [`SIN2-P1 ${A.url}`]);
  expect(seen.coldObjects).toBe(0);
  expect(seen.pops.map(({ tasks, lacking }) => [tasks, lacking])).toEqual([
    [1, 0],
    [0, 0],
    [0, 1],
  ]);
});

it("60,000 URLs at 600 POPs are looked at in seconds", () => {
  const urls = Array.from({ length: 6_000 }, (_, i) => ({ url: `https://a.example/${i}`, bytes: 1 }));
  const plan = new Plan(
    ONE,
    Array.from({ length: 600 }, (_, i) => target(`SIN${i}-P1`)),
    "lead-first",
    [],
  );
  const ledger = new Ledger(plan, urls);
  // A tenth of it, within the time that a test may take.
  expect(surveyOf(plan, ledger, urls).coldObjects).toBe(6_000);
});
