import { describe, expect, test } from "vitest";
import type { Answer } from "../../../agent/download/answer.ts";
import { checkOf, isCheckGood, prove, type Request, type Timed } from "../../../agent/download/proof.ts";

const MISS: Answer = { bytes: 5, httpStatus: 200, xCache: "Miss from cloudfront" };
const EDGE: Answer = {
  bytes: 5,
  httpStatus: 200,
  xCache: "Hit from cloudfront",
  serverTiming: 'cdn-cache-hit,cdn-hit-layer;desc="EDGE"',
  age: "3",
};
const MUTE: Answer = { bytes: 5, httpStatus: 200, xCache: "Hit from cloudfront" };

/** Answers in order; what is not good is a failure. Each comes 3 s after the one before, and takes 100 ms. */
function asking(...answers: (Answer | "bad")[]) {
  const asked: Request[] = [];
  let now = 0;
  const timed = (answer: Answer): Timed => {
    now += 3_000;
    return { answer, startedAt: now - 100, endedAt: now };
  };
  const request = async (step: Request) => {
    asked.push(step);
    const answer = answers.shift();
    if (answer === undefined) throw new Error("nothing more was to be requested");
    if (answer === "bad")
      return { good: false, ...timed({ bytes: 0, failure: { reason: "timeout", code: "T" } as const }) };
    return { good: answer.wafAction === undefined, ...timed(answer) };
  };
  const proving = (download: Answer) => prove(timed(download), { request, originSendsAge: () => false });
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

test("a download that is a hit of the edge is checked as any other: its Age may be the origin's", async () => {
  const { asked, proving } = asking({ ...EDGE, age: "6" });
  expect(await proving(EDGE)).toMatchObject({ outcome: "warm", age: 6, rounds: 1 });
  expect(asked()).toEqual(["check"]);
});

test("a server without x-cache is not asked again", async () => {
  const proof = await asking().proving({ bytes: 5, httpStatus: 200 });
  expect(proof.outcome).toBe("done");
  expect(proof).not.toHaveProperty("failure");
});

test("hits without Age are a hit with a warning, and no failure", async () => {
  const { asked, steps, proving } = asking(MUTE, MUTE);
  const proof = await proving(MISS);
  expect(proof).toMatchObject({ outcome: "hit", warning: "no_age", rounds: 1 });
  expect(proof).not.toHaveProperty("failure");
  expect(asked()).toEqual(["check", "check"]);
  expect(steps).toMatchObject([{ alone: false }, { alone: true }]);
});

test("an upstream layer makes the tier of a hit none", async () => {
  const serverTiming = `${EDGE.serverTiming},cdn-upstream-layer;desc="REC"`;
  expect((await asking({ ...EDGE, serverTiming }).proving(MISS)).outcome).toBe("hit");
});

test("what is kept nowhere is requested four times, and the reason is said", async () => {
  const { asked, proving } = asking(MISS, { ...MISS, cacheControl: "no-store" }, { ...MISS, cacheControl: "no-store" });
  const proof = await proving(MISS);
  expect(proof).toMatchObject({ outcome: "not_kept", rounds: 2, failure: { reason: "not_kept" } });
  expect(proof.failure?.detail).toContain("no-store");
  expect(asked()).toEqual(["check", "download", "check"]);
});

test("what expires at once is not downloaded again", async () => {
  const refresh: Answer = { ...MISS, xCache: "RefreshHit from cloudfront" };
  const { asked, proving } = asking(refresh, refresh);
  const proof = await proving(MISS);
  expect(proof).toMatchObject({ outcome: "not_kept", rounds: 1 });
  expect(proof.failure?.detail).toContain("expires at once");
  expect(asked()).toEqual(["check", "check"]);
});

test("a check that fails leads to a second download, and what is seen after it counts", async () => {
  const { asked, proving } = asking("bad", MISS, EDGE);
  expect(await proving(MISS)).toMatchObject({ outcome: "warm", tier: "EDGE", age: 3, rounds: 2 });
  expect(asked()).toEqual(["check", "download", "check"]);
});

describe("an answer of AWS WAF to a verification request", () => {
  const CHALLENGE: Answer = { bytes: 0, httpStatus: 202, xCache: "Error from cloudfront", wafAction: "challenge" };

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

test("a second download that fails shows nothing", async () => {
  const { asked, proving } = asking("bad", "bad");
  const proof = await proving(MISS);
  expect(proof.outcome).toBe("not_kept");
  expect(proof.failure?.detail).toBe("the second download failed: T");
  expect(asked()).toEqual(["check", "download"]);
});

describe("a check", () => {
  const BEFORE = [{ kind: "download" }] as const;
  const head = { headers: "host: a\r\n" };

  test("requests a small object whole, and the first byte of a large one", () => {
    expect(checkOf(head, 65_536, BEFORE).headers).toBe("");
    expect(checkOf(head, 65_537, BEFORE).headers).toBe("range: bytes=0-0\r\n");
    expect(checkOf({ headers: "host: a\r\nRange: bytes=0-9\r\n" }, 65_537, BEFORE).headers).toBe("");
  });

  test("requests no byte that an earlier check may have left there", () => {
    const whole = { headers: "", maxBytes: 65_536 };
    expect(checkOf(head, 5_000_000, [...BEFORE, { kind: "check" }])).toEqual(whole);
    expect(checkOf(head, 5_000_000, [...BEFORE, { kind: "check" }, ...BEFORE])).toEqual(whole);
  });

  test.each([
    ["the whole object", { bytes: 1, httpStatus: 200, xAmzCfPop: "SIN2-P1" }, true],
    ["a part of it", { bytes: 1, httpStatus: 206 }, true],
    ["more than was requested", { bytes: 0, httpStatus: 200, failure: { reason: "too_large" } }, true],
    ["a body that broke off", { bytes: 1, httpStatus: 200, failure: { reason: "incomplete" } }, false],
    ["an answer of another POP", { bytes: 1, httpStatus: 200, xAmzCfPop: "SIN2-P2" }, false],
    ["an error", { bytes: 1, httpStatus: 503 }, false],
    ["a challenge of AWS WAF", { bytes: 0, httpStatus: 202, wafAction: "challenge" }, false],
    ["a CAPTCHA with the status of a success", { bytes: 1, httpStatus: 200, wafAction: "captcha" }, false],
    ["nothing", { bytes: 0, failure: { reason: "timeout" } }, false],
  ] as const)("whose answer is %s tells of the cache: %#", (_, answer, good) => {
    expect(isCheckGood(answer, "SIN2-P1")).toBe(good);
  });
});
