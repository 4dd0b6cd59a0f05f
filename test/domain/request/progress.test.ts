import { describe, expect, it } from "vitest";
import { patienceOf } from "../../../domain/request/lifecycle.ts";
import { atWork, isComplete, NO_PROGRESS, othersAtWork } from "../../../domain/request/progress.ts";
import { beat, count } from "../../lambdas/items.ts";

describe("who is at work", () => {
  const now = 1_713_237_141_000;
  it.each([
    ["a beat of now", {}, true],
    ["one that is nearly stale", { at: now - 60_000 }, true],
    ["a stale one", { at: now - 60_001 }, false],
    ["one without tasks", { tasks: 0 }, false],
    ["one of a clock that is a little ahead", { at: now + 5_000 }, true],
    ["one of the far future, which would never be stale", { at: now + 60_001 }, false],
  ])("%s", (_, change, works) => {
    expect(atWork([beat({ at: now, ...change })], now, patienceOf())).toHaveLength(works ? 1 : 0);
  });
});

describe("counters", () => {
  it.each([
    [3, 2, false],
    [3, 3, true],
    [3, 4, true],
    [0, 0, false],
  ])("of %i tasks with %i results are complete: %s", (total_count, done, complete) => {
    expect(isComplete({ total_count }, count(done, 0, 0))).toBe(complete);
  });
});

describe("others at work", () => {
  const now = 1_713_237_141_000;
  const held = (...beats: ReturnType<typeof beat>[]) => ({ ...NO_PROGRESS, beats });
  const progress = new Map([
    ["r1", held(beat({ at: now }), beat({ at: now, worker: "2" }))],
    ["r2", held(beat({ at: now }), beat({ at: now, worker: "2" }), beat({ at: now, tasks: 0, worker: "3" }))],
    ["r3", held(beat({ at: now }), beat({ at: now - 60_001, worker: "2" }))],
  ]);

  it.each([
    ["r1", 3],
    ["r2", 3],
    ["r3", 4],
    ["r4", 5],
  ])("than %s are the processes that hold tasks of any other request: %i", (reqId, others) => {
    expect(othersAtWork(progress, reqId, now, patienceOf())).toBe(others);
  });
});
