import { expect, test } from "vitest";
import { checkOf, isCheckGood } from "../../../agent/download/second-look.ts";

test("a small object is asked for whole, a large one for its first byte", () => {
  expect(checkOf({ headers: "host: a\r\n" }, 65_536, 1).headers).toBe("");
  expect(checkOf({ headers: "host: a\r\n" }, 65_537, 1).headers).toBe("range: bytes=0-0\r\n");
  expect(checkOf({ headers: "host: a\r\nRange: bytes=0-9\r\n" }, 65_537, 1).headers).toBe("");
});

test("in the second round it asks for no byte that the first one may have left there", () => {
  expect(checkOf({ headers: "host: a\r\n" }, 5_000_000, 2)).toEqual({ headers: "", maxBytes: 65_536 });
});

test.each([
  ["whole", { bytes: 1, httpStatus: 200, xAmzCfPop: "SIN2-P1" }, true],
  ["a part", { bytes: 1, httpStatus: 206 }, true],
  ["more than was asked for", { bytes: 0, httpStatus: 200, failure: { reason: "too_large" } }, true],
  ["a body that broke off", { bytes: 1, httpStatus: 200, failure: { reason: "incomplete" } }, false],
  ["another POP's", { bytes: 1, httpStatus: 200, xAmzCfPop: "SIN2-P2" }, false],
  ["an error", { bytes: 1, httpStatus: 503 }, false],
  ["a challenge of AWS WAF", { bytes: 0, httpStatus: 202, wafAction: "challenge" }, false],
  ["a CAPTCHA with the status of a success", { bytes: 1, httpStatus: 200, wafAction: "captcha" }, false],
  ["none", { bytes: 0, failure: { reason: "timeout" } }, false],
] as const)("%s", (_, answer, good) => expect(isCheckGood(answer, "SIN2-P1")).toBe(good));
