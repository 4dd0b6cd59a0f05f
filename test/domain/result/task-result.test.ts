import { describe, expect, it } from "vitest";
import { taskResultSchema } from "../../../domain/result/task-result.ts";

describe("a result", () => {
  const failed = {
    task_key: "r1#0",
    pop_url: "p#u",
    req_id: "r1",
    pop: "p",
    url: "u",
    ok: false,
    bytes: 0,
    ms: 1,
    attempts: 3,
    error: "HTTP 503",
    expire_at: 1,
  };

  it("of an agent that did not store reasons yet is read", () => {
    expect(taskResultSchema.parse(failed)).toEqual(failed);
  });

  it.each([
    ["http_5xx", "http_5xx"],
    ["too_warm", "other"],
    [7, "other"],
  ])("with the reason %j has the reason %j", (stored, reason) => {
    expect(taskResultSchema.parse({ ...failed, reason: stored })).toEqual({ ...failed, reason });
  });
});
