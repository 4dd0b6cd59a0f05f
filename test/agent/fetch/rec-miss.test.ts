import { expect, test } from "vitest";
import { type Attempt, toResult } from "../../../agent/fetch/to-result.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import type { TaskOutcome } from "../../../domain/result/outcome.ts";
import { taskMessage } from "../task-messages.ts";

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
