import { expect, test } from "vitest";
import { judge } from "../../../agent/fetch/attempt-verdict.ts";
import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { type Attempt, isRecUnsure, toResult } from "../../../agent/fetch/to-result.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import type { TaskOutcome } from "../../../domain/result/outcome.ts";
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

const MISS =
  'cdn-upstream-layer;desc="REC",cdn-upstream-fbl;dur=40,cdn-cache-miss,cdn-pop;desc="SIN2-P1",cdn-downstream-fbl;dur=44';
const REC_HIT = 'cdn-cache-hit,cdn-pop;desc="SIN2-P1",cdn-hit-layer;desc="REC",cdn-downstream-fbl;dur=4';

function attempt(serverTiming: string | undefined, change: Partial<Attempt> = {}): Attempt {
  const answer = { bytes: 10, httpStatus: 200, ...(serverTiming === undefined ? {} : { serverTiming }) };
  return { count: 1, addressIndex: 0, answer, verdict: { kind: "GOOD" }, startedAt: 0, endedAt: 9, ...change };
}

function isRecMiss(message: Partial<TaskMessage>, one: Attempt, outcome: TaskOutcome = "done"): boolean {
  const proof = { outcome, answer: one.answer, tier: undefined, age: undefined, rounds: 1 };
  const task = { url: "https://a.example/", bytes: null };
  return toResult(taskMessage(message), task, "i-1", { attempt: one, proof }, 5).rec_miss === true;
}

test.each([
  ["came from the origin", true, attempt(MISS), true],
  ["alone", true, attempt("cdn-cache-miss"), true],
  ["came from the REC", true, attempt(REC_HIT), false],
  ["was there before", true, attempt(REC_HIT.replace("REC", "EDGE")), false],
  ["came from Origin Shield", true, attempt('cdn-cache-miss,cdn-hit-layer;desc="Origin Shield"'), false],
  ["had expired", true, attempt('cdn-cache-refresh,cdn-pop;desc="SIN2-P1"'), false],
  ["did not tell", true, attempt(undefined), false],
  ["was no follower's", undefined, attempt(MISS), false],
  [
    "was had at the second attempt, and the first may have failed at the origin",
    true,
    attempt(MISS, { count: 2 }),
    false,
  ],
  [
    "failed",
    true,
    attempt(MISS, { verdict: { kind: "FINAL", failure: { reason: "http_4xx", code: "HTTP 403" } } }),
    false,
  ],
] as const)("a download that %s", (_, follows, one, expected) => {
  expect(isRecMiss({ follows, tries: 1 }, one)).toBe(false);
  expect(isRecMiss({ follows }, one)).toBe(expected);
});

test.each([
  ["not_kept", false],
  ["warm", true],
  ["hit", true],
] as const)("an object whose proof ended as %s", (shown, expected) => {
  expect(isRecMiss({ follows: true }, attempt(MISS), shown)).toBe(expected);
});

const LEAD = { followers: [{ pop: "SIN2-P1", ips: ["192.0.2.1"] }] };
const answer = { bytes: 1, httpStatus: 200, xCache: "Miss from cloudfront" };
const hit = { ...answer, xCache: "Hit from cloudfront" };
const told = (tier: string) => `cdn-cache-hit,cdn-hit-layer;desc="${tier}"`;

test.each([
  ["a miss came by the REC", LEAD, answer, false],
  ["a hit of the edge was there before", LEAD, { ...hit, serverTiming: told("EDGE") }, true],
  ["a hit of the REC is what was asked for", LEAD, { ...hit, serverTiming: told("REC") }, false],
  ["a hit that tells no tier may be of either", LEAD, hit, true],
  [
    "what may not be kept, with nobody looking",
    { ...LEAD, verify: "off" },
    { ...answer, cacheControl: "no-store" },
    true,
  ],
  ["what may be kept, with nobody looking", { ...LEAD, verify: "off" }, answer, false],
  ["what may not be kept is looked at again otherwise", LEAD, { ...answer, cacheControl: "no-store" }, false],
  ["nobody waits for it", {}, hit, false],
] as const)("%s", (_, message, seen, unsure) => {
  expect(isRecUnsure(taskMessage(message), seen)).toBe(unsure);
});
