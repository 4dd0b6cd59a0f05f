import { expect, test } from "vitest";
import { judge } from "../../../agent/fetch/attempt-verdict.ts";
import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { type Attempt, toResult } from "../../../agent/fetch/to-result.ts";
import { taskMessage } from "../task-messages.ts";

test("what a POP says is stored up to a length, however much it says", () => {
  const long = "x".repeat(20_000);
  const answer = { bytes: 0, httpStatus: 302, location: long, xCache: long, xAmzCfPop: long, xAmzCfId: long };
  const attempt = {
    count: 1,
    addressIndex: 0,
    startedAt: 0,
    endedAt: 9,
    answer,
    verdict: judge(answer, null),
  };
  const result = toResult(taskMessage(), { url: "https://a.example/", bytes: null }, "i-1", { attempt }, 5);
  const { x_cache = "", x_amz_cf_pop = "", x_amz_cf_id = "", error = "" } = result;
  expect([x_cache, x_amz_cf_pop, x_amz_cf_id, error].map(({ length }) => length)).toEqual([200, 200, 200, 1_000]);
  expect(error).toMatch(/^HTTP 302: redirects to x+…$/);
  expect(JSON.stringify(result).length).toBeLessThan(2_500);
});

test("a result says that it came uncompressed, or past its REC, only where that was seen", () => {
  const answer = { bytes: 5_000, httpStatus: 200, contentType: "text/css", serverTiming: "cdn-cache-miss" };
  const attempt = { count: 1, addressIndex: 0, startedAt: 0, endedAt: 9, answer, verdict: { kind: "GOOD" } } as const;
  const message = taskMessage({ header: ["Accept-Encoding: br"], follows: true });
  const of = (one: Attempt, about = message) => {
    const { uncompressed, rec_miss } = toResult(
      about,
      { url: "https://a.example/", bytes: null },
      "i-1",
      { attempt: one },
      5,
    );
    return [uncompressed, rec_miss];
  };
  expect(of(attempt)).toEqual([true, true]);
  expect(of({ ...attempt, answer: { ...answer, contentEncoding: "br" } })).toEqual([undefined, true]);
  expect(of(attempt, taskMessage())).toEqual([undefined, undefined]);
  const failed = { kind: "FINAL", failure: { reason: "too_large" } } as const;
  expect(of({ ...attempt, verdict: failed })).toEqual([undefined, undefined]);
});

test.each<[string, number | null, Partial<HttpResult>, true | undefined]>([
  ["another size than Get Size saw", 3_333, {}, true],
  ["the size that Get Size saw", 5_000, {}, undefined],
  ["a size that Get Size could not tell", null, {}, undefined],
  ["a compressed form", 3_333, { contentEncoding: "br" }, undefined],
])("a result says if its object has %s", (_, bytes, changes, expected) => {
  const answer = { bytes: 5_000, contentLength: 5_000, httpStatus: 200, ...changes };
  const attempt = { count: 1, addressIndex: 0, startedAt: 0, endedAt: 9, answer, verdict: { kind: "GOOD" } } as const;
  const { size_changed } = toResult(taskMessage(), { url: "https://a.example/", bytes }, "i-1", { attempt }, 5);
  expect(size_changed).toBe(expected);
});

test("a result names its variant, and stands under a key of its own", () => {
  const attempt = {
    count: 1,
    addressIndex: 0,
    startedAt: 0,
    endedAt: 9,
    answer: { bytes: 1 },
    verdict: { kind: "GOOD" },
  } as const;
  const of = (variant?: string) =>
    toResult(
      taskMessage(),
      { url: "https://a.example/", bytes: null, ...(variant && { variant }) },
      "i-1",
      { attempt },
      5,
    );
  expect(of("br")).toMatchObject({ variant: "br", pop_url: "SIN2-P1#https://a.example/#br" });
  expect(of()).toMatchObject({ variant: undefined, pop_url: "SIN2-P1#https://a.example/" });
});
