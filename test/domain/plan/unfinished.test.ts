import { expect, it } from "vitest";
import { taskKey, UNFINISHED, unfinishedResult } from "../../../domain/plan/task.ts";
import { lostFailure } from "../../../domain/result/failure.ts";

const REQUEST = { req_id: "r7", shards: 300, expire_at: 1_800_000_007 };

it("the result of a task that no agent finished stands under the task's key, has failed, and says why", () => {
  const id = { pop: "SIN2-P1", url: "https://a.example/9", variant: "br" };
  expect(unfinishedResult(REQUEST, id, lostFailure(3))).toEqual({
    ...taskKey("r7", id, 300),
    req_id: "r7",
    pop: "SIN2-P1",
    url: "https://a.example/9",
    variant: "br",
    ok: false,
    bytes: 0,
    ms: 0,
    attempts: 0,
    expire_at: 1_800_000_007,
    reason: "lost",
    error: "lost: no agent finished it, though it was queued 3 times",
  });
});

it("a task that had no result when its request ended is lost", () => {
  const { reason, error } = unfinishedResult(REQUEST, { pop: "SIN2-P1", url: "https://a.example/9" }, UNFINISHED);
  expect([reason, error]).toEqual(["lost", "no result: the request ended before an agent finished it"]);
});
