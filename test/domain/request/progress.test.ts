import { describe, expect, it } from "vitest";
import { isComplete, timingsOf } from "../../../domain/request/lifecycle.ts";
import { atWork } from "../../../domain/request/progress.ts";
import { count, heartbeat } from "../../lambdas/items.ts";

describe("who is at work", () => {
  const now = 1_713_237_141_000;
  it.each([
    ["a heartbeat of now", {}, true],
    ["one that is nearly stale", { at: now - 60_000 }, true],
    ["a stale one", { at: now - 60_001 }, false],
    ["one without tasks", { tasks: 0 }, false],
    ["one of a clock that is a little ahead", { at: now + 5_000 }, true],
    ["one of the far future, which would never be stale", { at: now + 60_001 }, false],
  ])("%s", (_, change, works) => {
    expect(atWork([heartbeat({ at: now, ...change })], now, timingsOf())).toHaveLength(works ? 1 : 0);
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
