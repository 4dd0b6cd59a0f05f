import { Plan } from "../../../domain/plan/plan.ts";
import { RecEvidence } from "../../../domain/plan/rec-evidence.ts";
import type { GoodUrl } from "../../../domain/plan/task.ts";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import { LABEL, request, result, target } from "../../lambdas/items.ts";

const [LEAD, OTHER] = ["SIN2-P1", "SIN52-C2"];
const SAMPLE: GoodUrl = { url: "https://a.example/1", bytes: 10, sample: true };
const FILL = 1_000_000;

/** @returns what the other POP is shown to have, also after it was saved and restored */
function coverageOfOther(lead: Partial<TaskResult>, sample: Partial<TaskResult>) {
  const distributions = [{ label: LABEL, names: [], hosts: ["a.example"] }];
  const targets = [target(LEAD, { state: "READY" }), target(OTHER, { state: "READY" })];
  const plan = new Plan(request({ scope: "regional", pops: [LEAD, OTHER], distributions }), targets);
  const taskBitmap = new TaskBitmap(plan, [SAMPLE]);
  const evidence = new RecEvidence(plan, [SAMPLE]);
  const hit = { sample: "hit", led_by: LEAD, filled_at: FILL } as const;
  for (const [pop, change] of [
    [LEAD, { filled_at: FILL, ...lead }],
    [OTHER, { ...hit, ...sample }],
  ] as const) {
    const its = result(pop, SAMPLE.url, { ok: true, outcome: "regional", ...change });
    taskBitmap.addResult(its);
    evidence.addResult(its);
  }
  const restored = new RecEvidence(plan, [SAMPLE]);
  restored.restore(JSON.parse(JSON.stringify(evidence.saved())));
  const of = (it: RecEvidence) => it.coverageOf(LABEL, taskBitmap).pops.get(OTHER);
  expect(of(restored)).toEqual(of(evidence));
  return of(evidence);
}

it("a sample that hit the lead's fill covers its POP", () =>
  expect(coverageOfOther({}, {})).toMatchObject({ coverage: "covered", isOwnLead: false }));

it.each<[string, Partial<TaskResult>, Partial<TaskResult>]>([
  ["the lead has seen that the origin sends an Age", { warning: "origin_age" }, {}],
  ["the sample has seen that the origin sends an Age", {}, { warning: "origin_age" }],
  ["another copy answered it", {}, { sample: "unclear" }],
  ["it was a miss", {}, { sample: "miss" }],
])("a sample does not cover its POP if %s", (_, lead, sample) =>
  expect(coverageOfOther(lead, sample)?.coverage).not.toBe("covered"),
);

it("nothing is covered if the answers name no cache", () =>
  expect(coverageOfOther({ outcome: "done" }, { outcome: "done" })).toMatchObject({ coverage: "not_covered" }));
