import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import { RECOUNT_CHECKPOINT, recountCheckpointSchema, recountState } from "../../../domain/readiness/recount.ts";
import { count, LABEL, request, result, target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

it("the checkpoint of a recount is read as it was written, with the task bitmap's counts and bits", () => {
  const taskBitmap = new TaskBitmap(planOf([{ label: LABEL, names: [] }], [target("SIN2-P1"), target("FRA56-P4")]), [
    { url: "https://a.example/1", bytes: 101 },
  ]);
  taskBitmap.addResult(result("SIN2-P1", "https://a.example/1", { bytes: 101, outcome: "warm" }));
  taskBitmap.addResult(result("FRA56-P4", "https://a.example/1", { ok: false }));
  const checkpoint = {
    ...taskBitmap.saved(),
    state: "s",
    at: Date.UTC(2024, 3, 16, 4),
    shards: 7,
    parts: ["r1/recount/0.csv"],
    results: ["r1/recount/1.csv.gz", "r1/recount/2.csv.gz"],
    unfinished: 3,
    failures: [],
    recs: {
      samples: [],
      replaced: [{ label: LABEL, pop: "SIN2-P1", by: "SIN52-C2", rows: "01" }],
      unsure: { "SIN2-P1": "02" },
      no_cache: { "SIN2-P1": "04" },
      origin_age: [LABEL],
    },
  };
  expect(checkpoint.count).toEqual(count(2, 101, 1, { warm_count: 1 }));
  expect(recountCheckpointSchema.parse(JSON.parse(JSON.stringify(checkpoint)))).toEqual(checkpoint);
});

it("the checkpoint of a recount is kept below the id of its request", () =>
  expect(RECOUNT_CHECKPOINT.key("r7")).toBe("r7/recount/checkpoint.json.gz"));

it("the checkpoint of a recount belongs to a state that differs by status, tasks, shards, requeues and whether the time is up", () => {
  const item = request({ status: "IN_PROGRESS", total_count: 15, shards: 2, requeues: 1 });
  const changes = [
    { status: "STOPPED" },
    { total_count: 16 },
    { shards: 3 },
    { requeues: 0 },
    { total_count: 1, shards: 52 },
  ] as const;
  const states = [recountState(item, true), ...[{}, ...changes].map((it) => recountState({ ...item, ...it }, false))];
  expect(new Set(states).size).toBe(states.length);
  expect(recountState({ ...item }, true)).toBe(recountState(item, true));
});
