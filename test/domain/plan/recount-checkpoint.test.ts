import { describe, expect, it } from "vitest";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import { RECOUNT_CHECKPOINT, recountCheckpointSchema, recountState } from "../../../domain/readiness/recount.ts";
import { count, LABEL, request, result, target } from "../../lambdas/items.ts";
import { planOf } from "../../plan-of.ts";

const AT = Date.UTC(2024, 3, 16, 4);
const URLS = [1, 2, 3, 4, 5].map((n) => ({ url: `https://a.example/${n}`, bytes: 100 + n }));
const POPS = ["SIN2-P1", "FRA56-P4", "IAD89-C1"];

const newLedger = () =>
  new TaskBitmap(
    planOf(
      [{ label: LABEL, names: [] }],
      POPS.map((pop) => target(pop)),
    ),
    URLS,
  );

/** 15 tasks: the bits take two bytes. Two are good, and one of the others has failed. */
function checkpoint() {
  const taskBitmap = newLedger();
  taskBitmap.addResult(result("SIN2-P1", "https://a.example/1", { bytes: 101, outcome: "warm" }));
  taskBitmap.addResult(result("IAD89-C1", "https://a.example/5", { bytes: 105, outcome: "hit" }));
  taskBitmap.addResult(result("FRA56-P4", "https://a.example/2", { ok: false }));
  return {
    ...taskBitmap.saved(),
    state: "s",
    at: AT,
    shards: 7,
    parts: ["r1/recount/0.csv"],
    results: ["r1/recount/1.csv.gz", "r1/recount/2.csv.gz"],
    unfinished: 3,
    failures: [],
  };
}

describe("the checkpoint of a recount", () => {
  it("restores the task bitmap from JSON with the same counts, missing tasks and good tasks", () => {
    const read = recountCheckpointSchema.parse(JSON.parse(JSON.stringify(checkpoint())));
    expect(read).toMatchObject({
      shards: 7,
      parts: ["r1/recount/0.csv"],
      results: ["r1/recount/1.csv.gz", "r1/recount/2.csv.gz"],
      unfinished: 3,
    });
    const taskBitmap = newLedger();
    taskBitmap.restore(read);
    expect(taskBitmap.count()).toEqual(count(3, 206, 1, { warm_count: 1, hit_count: 1 }));
    expect([...taskBitmap.missing()]).toHaveLength(12);
    expect(POPS.map((pop) => taskBitmap.goodAt({ url: "https://a.example/1" })?.(pop))).toEqual([true, false, false]);
    expect(POPS.map((pop) => taskBitmap.goodAt({ url: "https://a.example/2" })?.(pop))).toEqual([false, false, false]);
    expect(POPS.map((pop) => taskBitmap.goodAt({ url: "https://a.example/5" })?.(pop))).toEqual([false, false, true]);
  });

  it("is kept below the id of its request", () => {
    expect(RECOUNT_CHECKPOINT.key("r7")).toBe("r7/recount/checkpoint.json.gz");
  });

  it("belongs to a state that differs by status, tasks, shards, requeues and whether the time is up", () => {
    const item = request({ status: "IN_PROGRESS", total_count: 15, shards: 2, requeues: 1 });
    const states = [
      recountState(item, false),
      recountState(item, true),
      recountState({ ...item, status: "STOPPED" }, false),
      recountState({ ...item, total_count: 16 }, false),
      recountState({ ...item, shards: 3 }, false),
      recountState({ ...item, requeues: 0 }, false),
      recountState({ ...item, total_count: 1, shards: 52 }, false),
    ];
    expect(new Set(states).size).toBe(states.length);
    expect(recountState({ ...item }, true)).toBe(recountState(item, true));
  });
});
