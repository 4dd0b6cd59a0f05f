import { expect, test } from "vitest";
import { judge } from "../../../agent/download/answer.ts";
import { toResult } from "../../../agent/download/to-result.ts";
import { taskMessage } from "../task-messages.ts";

test("what a POP says is stored up to a length, however much it says", () => {
  const long = "x".repeat(20_000);
  const answer = { bytes: 0, httpStatus: 302, location: long, xCache: long, xAmzCfPop: long, xAmzCfId: long };
  const attempt = { count: 1, turn: 0, answer, outcome: judge(answer, "SIN2-P1", null) };
  const result = toResult(taskMessage(), { url: "https://a.example/" }, "i-1", { attempt }, 5);
  const { x_cache = "", x_amz_cf_pop = "", x_amz_cf_id = "", error = "" } = result;
  expect([x_cache, x_amz_cf_pop, x_amz_cf_id, error].map(({ length }) => length)).toEqual([200, 200, 200, 1_000]);
  expect(error).toMatch(/^HTTP 302: redirects to x+…$/);
  expect(JSON.stringify(result).length).toBeLessThan(2_500);
});
