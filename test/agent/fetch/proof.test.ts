import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { checkFailure, checkHeaders, type ProofRequest, prove, type Timed } from "../../../agent/fetch/proof.ts";
import { type Failure, responseFailure } from "../../../domain/result/failure.ts";

const MISS: HttpResult = { bytes: 5, httpStatus: 200, xCache: "Miss from cloudfront" };
const EDGE: HttpResult = {
  bytes: 5,
  httpStatus: 200,
  xCache: "Hit from cloudfront",
  serverTiming: 'cdn-cache-hit,cdn-hit-layer;desc="EDGE"',
  age: "3",
};
const TIMEOUT: Failure = { reason: "timeout", code: "T" };

const NO_STORE: HttpResult = { ...MISS, cacheControl: "no-store" };
const REFRESH: HttpResult = { ...MISS, xCache: "RefreshHit from cloudfront" };
const MUTE: HttpResult = { bytes: 5, httpStatus: 200, xCache: "Hit from cloudfront" };
const CHALLENGE: HttpResult = { bytes: 0, httpStatus: 202, xCache: "Error from cloudfront", wafAction: "challenge" };

type Answer = HttpResult | "bad";

/** Proves a download that was a miss. Answers in order; each comes 3 s after the one before, and takes 100 ms. */
async function proofBy(answers: readonly Answer[], isCancelled = () => false) {
  const left = [...answers];
  const steps: string[] = [];
  let now = 0;
  const timed = (answer: HttpResult): Timed => {
    now += 3_000;
    return { answer, startedAt: now - 100, endedAt: now };
  };
  const request = async (step: ProofRequest) => {
    steps.push(step.next === "check" && step.alone ? "check-alone" : step.next);
    const answer = left.shift();
    if (answer === undefined) throw new Error("nothing more was to be requested");
    if (answer === "bad") return { failure: TIMEOUT, ...timed({ bytes: 0, failure: TIMEOUT }) };
    return { failure: responseFailure(answer.httpStatus ?? 200, answer), ...timed(answer) };
  };
  const proof = await prove(timed(MISS), { request, originSendsAge: () => false, isCancelled });
  return { proof, asked: steps.join(" ") };
}

const because = (text: string) => ({ reason: "not_kept", detail: expect.stringContaining(text) });
const lost = (what: string) => ({ ...TIMEOUT, detail: `the object was downloaded, but the ${what} failed` });
const WARM = { outcome: "warm", tier: "EDGE", age: 3, rounds: 1 };

test.each<[string, readonly Answer[], Record<string, unknown>, asked: string]>([
  ["a hit of the edge that has grown is warm, with its tier and Age", [EDGE], WARM, "check"],
  [
    "what is kept nowhere is requested four times, and the reason is said",
    [MISS, NO_STORE, NO_STORE],
    { outcome: "not_kept", rounds: 2, failure: because("no-store") },
    "check download check",
  ],
  [
    "what expires at once is not downloaded again",
    [REFRESH, REFRESH],
    { outcome: "not_kept", rounds: 1, failure: because("expires immediately") },
    "check check",
  ],
  [
    "a check that fails is sent again, and leads to no second download",
    ["bad", "bad", EDGE],
    WARM,
    "check check check",
  ],
  [
    "a check that fails three times leads to a second download, and what is seen after it counts",
    ["bad", "bad", "bad", MISS, EDGE],
    { outcome: "warm", rounds: 2 },
    "check check check download check",
  ],
  [
    "checks that fail after each download: the task has failed with the check's reason, because no miss was seen",
    ["bad", "bad", "bad", MISS, "bad"],
    { outcome: "failed", rounds: 2, failure: lost("check") },
    "check check check download check",
  ],
  [
    "hits without Age are a hit with a warning; the second check waits until the task is alone",
    [MUTE, MUTE],
    { outcome: "hit", warning: "no_age", rounds: 1 },
    "check check-alone",
  ],
  [
    "an answer of AWS WAF to a check ends the proof: the task has failed with the reason waf",
    [CHALLENGE],
    { outcome: "failed", rounds: 1, answer: CHALLENGE, failure: { reason: "waf", code: "WAF_CHALLENGE" } },
    "check",
  ],
  [
    "an answer of AWS WAF ends the second download, too: that the object is not kept was not seen",
    [MISS, CHALLENGE],
    { outcome: "failed", failure: { reason: "waf" } },
    "check download",
  ],
  [
    "a second download that fails: the task has failed with its reason",
    [MISS, "bad"],
    { outcome: "failed", rounds: 1, failure: lost("second download") },
    "check download",
  ],
])("%s", async (_, answers, expected, asked) => {
  const seen = await proofBy(answers);
  expect(seen.proof).toMatchObject(expected);
  expect(seen.proof.failure === undefined).toBe(expected["failure"] === undefined);
  expect(seen.asked).toBe(asked);
});

test("a check of a task that is cut off is not sent again", async () => {
  const { proof, asked } = await proofBy(["bad"], () => true);
  expect([proof.outcome, asked]).toEqual(["failed", "check"]);
});

describe("a check", () => {
  const BEFORE = [{ kind: "download", startedAt: 0, endedAt: 1 }] as const;
  const CHECK = { kind: "check", startedAt: 2, endedAt: 3 } as const;
  const head = "host: a\r\n";

  test("requests a small object whole, and the first byte of a large one", () => {
    expect(checkHeaders(head, 65_536, BEFORE)).toBe("");
    expect(checkHeaders(head, 65_537, BEFORE)).toBe("range: bytes=0-0\r\n");
    expect(checkHeaders("host: a\r\nRange: bytes=0-9\r\n", 65_537, BEFORE)).toBe("");
  });

  test("requests no byte that an earlier check may have left there", () => {
    expect(checkHeaders(head, 5_000_000, [...BEFORE, CHECK])).toBe("");
    expect(checkHeaders(head, 5_000_000, [...BEFORE, CHECK, ...BEFORE])).toBe("");
  });

  const xCache = "Hit from cloudfront";
  test.each<[string, HttpResult, string | undefined]>([
    ["the whole object", { bytes: 1, httpStatus: 200, xCache, xAmzCfPop: "SIN2-P1" }, undefined],
    ["a part of it", { bytes: 1, httpStatus: 206, xCache }, undefined],
    ["more than was requested", { bytes: 0, httpStatus: 200, xCache, failure: { reason: "too_large" } }, undefined],
    ["a body that broke off", { bytes: 1, httpStatus: 200, xCache, failure: { reason: "incomplete" } }, "incomplete"],
    ["an answer of another POP", { bytes: 0, httpStatus: 200, xCache, failure: { reason: "other_pop" } }, "other_pop"],
    ["an answer without x-cache", { bytes: 1, httpStatus: 200 }, "other"],
    ["an error", { bytes: 1, httpStatus: 503, xCache }, "http_5xx"],
    ["an answer without a body", { bytes: 0, httpStatus: 204, xCache }, "incomplete"],
    ["a status that nobody knows", { bytes: 1, httpStatus: 203, xCache }, "other"],
    ["a challenge of AWS WAF", { bytes: 0, httpStatus: 202, wafAction: "challenge" }, "waf"],
    ["a CAPTCHA with the status of a success", { bytes: 1, httpStatus: 200, xCache, wafAction: "captcha" }, "waf"],
    ["nothing", { bytes: 0, failure: { reason: "timeout" } }, "timeout"],
  ])("whose answer is %s: %#", (_, answer, reason) => {
    expect(checkFailure(answer)?.reason).toBe(reason);
  });
});
