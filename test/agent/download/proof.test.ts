import { describe, expect, test } from "vitest";
import type { Answer } from "../../../agent/download/answer.ts";
import { prove } from "../../../agent/download/proof.ts";

const MISS: Answer = { bytes: 5, httpStatus: 200, xCache: "Miss from cloudfront" };
const EDGE: Answer = {
  bytes: 5,
  httpStatus: 200,
  xCache: "Hit from cloudfront",
  serverTiming: 'cdn-cache-hit,cdn-hit-layer;desc="EDGE"',
  age: "3",
};

const noPause = async () => undefined;

/** Answers in order; what is not good is a failure. */
function asking(...answers: (Answer | "bad")[]) {
  const asked: string[] = [];
  const askAgain = async (ask: string) => {
    asked.push(ask);
    const answer = answers.shift();
    if (answer === undefined) throw new Error("nothing more was to be asked");
    if (answer === "bad")
      return { good: false, answer: { bytes: 0, failure: { reason: "timeout", code: "T" } as const } };
    return { good: answer.wafAction === undefined, answer };
  };
  return { asked, askAgain };
}

test("a told hit of the edge is warm, with its tier and age", async () => {
  const { asked, askAgain } = asking(EDGE);
  expect(await prove(MISS, askAgain, noPause)).toMatchObject({ outcome: "warm", tier: "EDGE", age: 3, rounds: 1 });
  expect(asked).toEqual(["check"]);
});

test("a hit at once needs no second question, and a server without x-cache gets none", async () => {
  expect((await prove(EDGE, asking().askAgain, noPause)).outcome).toBe("warm");
  expect((await prove({ bytes: 5, httpStatus: 200 }, asking().askAgain, noPause)).outcome).toBe("done");
});

test("where the tier is not told, it waits before it asks again", async () => {
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  const { askAgain } = asking({ ...MISS, xCache: "Hit from cloudfront", age: "1" });
  expect((await prove(MISS, askAgain, pause)).outcome).toBe("hit");
  expect(pauses).toEqual([1_100]);
  await prove({ ...MISS, serverTiming: "cdn-cache-miss" }, asking(EDGE).askAgain, pause);
  expect(pauses).toHaveLength(1);
});

test("what is kept nowhere is asked for four times, and the reason is said", async () => {
  const { asked, askAgain } = asking(
    MISS,
    { ...MISS, cacheControl: "no-store" },
    { ...MISS, cacheControl: "no-store" },
  );
  const proof = await prove(MISS, askAgain, noPause);
  expect(proof).toMatchObject({ outcome: "not_kept", rounds: 2, failure: { reason: "not_kept" } });
  expect(proof.failure?.detail).toContain("no-store");
  expect(asked).toEqual(["check", "whole", "check"]);
});

test("a check that fails leads to a second round, and what that shows counts", async () => {
  const { asked, askAgain } = asking("bad", MISS, EDGE);
  const proof = await prove(MISS, askAgain, noPause);
  expect(proof).toMatchObject({ outcome: "warm", tier: "EDGE", age: 3, rounds: 2 });
  expect(asked).toEqual(["check", "whole", "check"]);
});

describe("an answer of AWS WAF to a verification request", () => {
  const CHALLENGE: Answer = { bytes: 0, httpStatus: 202, xCache: "Error from cloudfront", wafAction: "challenge" };

  test("ends the proof: the task has failed with the reason waf, and nothing more is asked for", async () => {
    const { asked, askAgain } = asking(CHALLENGE);
    const proof = await prove(MISS, askAgain, noPause);
    expect(proof).toMatchObject({ outcome: "failed", rounds: 1, answer: CHALLENGE });
    expect(proof.failure).toMatchObject({ reason: "waf", code: "WAF_CHALLENGE" });
    expect(asked).toEqual(["check"]);
  });

  test("ends it in the second download, too: that the object is not kept was not seen", async () => {
    const { asked, askAgain } = asking(MISS, CHALLENGE);
    const proof = await prove(MISS, askAgain, noPause);
    expect(proof).toMatchObject({ outcome: "failed", failure: { reason: "waf" } });
    expect(asked).toEqual(["check", "whole"]);
  });
});

test("what is kept has no failure", async () => {
  expect(await prove(MISS, asking(EDGE).askAgain, noPause)).not.toHaveProperty("failure");
  expect(await prove({ bytes: 5, httpStatus: 200 }, asking().askAgain, noPause)).not.toHaveProperty("failure");
});

test("a second download that fails shows nothing", async () => {
  const { asked, askAgain } = asking("bad", "bad");
  const proof = await prove(MISS, askAgain, noPause);
  expect(proof.outcome).toBe("not_kept");
  expect(proof.failure?.detail).toBe("asked again, it could not be had: T");
  expect(asked).toEqual(["check", "whole"]);
});

test("an age of 0 is one", async () => {
  expect((await prove(MISS, asking({ ...EDGE, age: "0" }).askAgain, noPause)).age).toBe(0);
});

test.each(["-1", "x", "1.5", "9".repeat(30)])("an age of %s is none", async (age) => {
  const { askAgain } = asking({ ...EDGE, age });
  expect((await prove(MISS, askAgain, noPause)).age).toBeUndefined();
});
