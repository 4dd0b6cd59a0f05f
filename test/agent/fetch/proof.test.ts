import { describe, expect, test } from "vitest";
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
const MUTE: HttpResult = { bytes: 5, httpStatus: 200, xCache: "Hit from cloudfront" };

/** Answers in order; what is not good is a failure. Each comes 3 s after the one before, and takes 100 ms. */
function asking(...answers: (HttpResult | "bad")[]) {
  const asked: ProofRequest[] = [];
  let now = 0;
  const timed = (answer: HttpResult): Timed => {
    now += 3_000;
    return { answer, startedAt: now - 100, endedAt: now };
  };
  const request = async (step: ProofRequest) => {
    asked.push(step);
    const answer = answers.shift();
    if (answer === undefined) throw new Error("nothing more was to be requested");
    if (answer === "bad") return { failure: TIMEOUT, ...timed({ bytes: 0, failure: TIMEOUT }) };
    return { failure: responseFailure(answer.httpStatus ?? 200, answer), ...timed(answer) };
  };
  const proving = (download: HttpResult, isCancelled = () => false) =>
    prove(timed(download), { request, originSendsAge: () => false, isCancelled });
  return { asked: () => asked.map(({ next }) => next), steps: asked, proving };
}

test("a hit of the edge that has grown is warm, with its tier and Age", async () => {
  const { asked, proving } = asking(EDGE);
  const proof = await proving(MISS);
  expect(proof).toMatchObject({ outcome: "warm", tier: "EDGE", age: 3, rounds: 1 });
  expect(proof).not.toHaveProperty("failure");
  expect(proof).not.toHaveProperty("warning");
  expect(asked()).toEqual(["check"]);
});

test("what is kept nowhere is requested four times, and the reason is said", async () => {
  const { asked, proving } = asking(MISS, { ...MISS, cacheControl: "no-store" }, { ...MISS, cacheControl: "no-store" });
  const proof = await proving(MISS);
  expect(proof).toMatchObject({ outcome: "not_kept", rounds: 2, failure: { reason: "not_kept" } });
  expect(proof.failure?.detail).toContain("no-store");
  expect(asked()).toEqual(["check", "download", "check"]);
});

test("what expires at once is not downloaded again", async () => {
  const refresh: HttpResult = { ...MISS, xCache: "RefreshHit from cloudfront" };
  const { asked, proving } = asking(refresh, refresh);
  const proof = await proving(MISS);
  expect(proof).toMatchObject({ outcome: "not_kept", rounds: 1 });
  expect(proof.failure?.detail).toContain("expires at once");
  expect(asked()).toEqual(["check", "check"]);
});

describe("a check that fails", () => {
  test("is sent again, and leads to no second download", async () => {
    const { asked, proving } = asking("bad", "bad", EDGE);
    expect(await proving(MISS)).toMatchObject({ outcome: "warm", tier: "EDGE", age: 3, rounds: 1 });
    expect(asked()).toEqual(["check", "check", "check"]);
  });

  test("three times leads to a second download, and what is seen after it counts", async () => {
    const { asked, proving } = asking("bad", "bad", "bad", MISS, EDGE);
    expect(await proving(MISS)).toMatchObject({ outcome: "warm", rounds: 2 });
    expect(asked()).toEqual(["check", "check", "check", "download", "check"]);
  });

  test("after each download: the task has failed with the check's reason, because no miss was seen", async () => {
    const { asked, proving } = asking("bad", "bad", "bad", MISS, "bad");
    const proof = await proving(MISS);
    expect(proof).toMatchObject({ outcome: "failed", rounds: 2, failure: { reason: "timeout", code: "T" } });
    expect(proof.failure?.detail).toBe("the object was downloaded, but the check failed");
    expect(asked()).toEqual(["check", "check", "check", "download", "check"]);
  });

  test("after a hit leaves it a hit with a warning", async () => {
    const { asked, proving } = asking(MUTE, "bad", "bad", "bad");
    const proof = await proving(MISS);
    expect(proof).toMatchObject({ outcome: "hit", warning: "no_age", rounds: 1 });
    expect(proof).not.toHaveProperty("failure");
    expect(asked()).toEqual(["check", "check", "check", "check"]);
  });

  test("of a task that is cut off is not sent again", async () => {
    const { asked, proving } = asking("bad");
    expect((await proving(MISS, () => true)).outcome).toBe("failed");
    expect(asked()).toEqual(["check"]);
  });
});

describe("an answer of AWS WAF to a verification request", () => {
  const CHALLENGE: HttpResult = { bytes: 0, httpStatus: 202, xCache: "Error from cloudfront", wafAction: "challenge" };

  test("ends the proof: the task has failed with the reason waf, and nothing more is asked for", async () => {
    const { asked, proving } = asking(CHALLENGE);
    const proof = await proving(MISS);
    expect(proof).toMatchObject({ outcome: "failed", rounds: 1, answer: CHALLENGE });
    expect(proof.failure).toMatchObject({ reason: "waf", code: "WAF_CHALLENGE" });
    expect(asked()).toEqual(["check"]);
  });

  test("ends it in the second download, too: that the object is not kept was not seen", async () => {
    const { asked, proving } = asking(MISS, CHALLENGE);
    const proof = await proving(MISS);
    expect(proof).toMatchObject({ outcome: "failed", failure: { reason: "waf" } });
    expect(asked()).toEqual(["check", "download"]);
  });
});

test("a second download that fails: the task has failed with its reason, after whatever check", async () => {
  const { asked, proving } = asking(MISS, "bad");
  const proof = await proving(MISS);
  expect(proof).toMatchObject({ outcome: "failed", rounds: 1, failure: { reason: "timeout", code: "T" } });
  expect(proof.failure?.detail).toBe("the object was downloaded, but the second download failed");
  expect(asked()).toEqual(["check", "download"]);
  const blind = asking("bad", "bad", "bad", "bad");
  expect(await blind.proving(MISS)).toMatchObject({ outcome: "failed", rounds: 1, failure: { reason: "timeout" } });
  expect(blind.asked()).toEqual(["check", "check", "check", "download"]);
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
