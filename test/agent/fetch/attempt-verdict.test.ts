import { type AttemptVerdict, judge } from "../../../agent/fetch/attempt-verdict.ts";
import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { errorText, type Failure, type FailureReason } from "../../../domain/result/failure.ts";

const WHOLE = { bytes: 10, httpStatus: 200, contentLength: 10, xAmzCfPop: "SIN2-P1" };
const CLOSED: Failure = { reason: "incomplete", code: "CLOSED", detail: "9 of 10 bytes arrived" };
const CUT = { failure: CLOSED };

const ACCEPTED =
  "HTTP 202: the origin accepted the request and did not send the object; retry when it responds with HTTP 200";

/** What is made of an outcome: its kind, the reason that is counted, and the words that people read. */
function told(outcome: AttemptVerdict) {
  if (outcome.kind === "GOOD") return ["GOOD"];
  return [outcome.kind, outcome.failure.reason, errorText(outcome.failure)];
}

type Told = ["GOOD"] | ["RETRY" | "FINAL", FailureReason, string];

const cases: readonly [name: string, answer: Partial<HttpResult>, ...Told][] = [
  ["a whole body", {}, "GOOD"],
  ["an empty one", { bytes: 0, contentLength: 0 }, "GOOD"],
  ["no content", { httpStatus: 204 }, "FINAL", "incomplete", "HTTP 204: an answer without a body"],
  [
    "a part, unasked",
    { httpStatus: 206 },
    "FINAL",
    "incomplete",
    "HTTP 206: partial content, although no range was requested",
  ],
  [
    "a page for an error, with a good status",
    { xCache: "Error from cloudfront" },
    "RETRY",
    "error_page",
    "ERROR_PAGE: x-cache: Error from cloudfront",
  ],
  ["a request that took the server too long", { httpStatus: 408 }, "RETRY", "http_4xx", "HTTP 408"],
  ["fewer bytes than promised", { bytes: 9 }, "RETRY", "incomplete", "9 of 10 bytes arrived"],
  ["another POP", { failure: { reason: "other_pop", detail: "answered by X" } }, "RETRY", "other_pop", "answered by X"],
  [
    "a body that is too large",
    { failure: { reason: "too_large", code: "TOO_LARGE" } },
    "FINAL",
    "too_large",
    "TOO_LARGE",
  ],
  ["a body that broke off at its very end", CUT, "RETRY", "incomplete", errorText(CLOSED)],
  [
    "a redirect",
    { httpStatus: 302, location: "https://a.example/" },
    "FINAL",
    "redirect",
    "HTTP 302: redirects to https://a.example/",
  ],
  ["a redirect to nowhere", { httpStatus: 304 }, "FINAL", "redirect", "HTTP 304: redirects to nowhere"],
  ["a 404 of another POP", { httpStatus: 404, failure: { reason: "other_pop" } }, "FINAL", "http_4xx", "HTTP 404"],
  ["a 503 of another POP", { httpStatus: 503, failure: { reason: "other_pop" } }, "RETRY", "other_pop", ""],
  ["a server's fault", { httpStatus: 500 }, "RETRY", "http_5xx", "HTTP 500"],
  ["a server's fault whose page broke off", { httpStatus: 503, ...CUT }, "RETRY", "http_5xx", "HTTP 503"],
  [
    "a server's fault whose page stalled",
    { httpStatus: 503, failure: { reason: "timeout", code: "BODY_TIMEOUT" } },
    "RETRY",
    "timeout",
    "BODY_TIMEOUT",
  ],
  ["a status beyond all", { httpStatus: 600 }, "RETRY", "other", "HTTP 600"],
  ["a 202 with a body", { httpStatus: 202 }, "FINAL", "not_cacheable", ACCEPTED],
];

test.each(cases)("%s", (_name, answer, ...expected) => {
  expect(told(judge({ ...WHOLE, ...answer }, null))).toEqual(expected);
});

describe("a response that has x-amzn-waf-action is final, with the reason waf", () => {
  const challenge = { httpStatus: 202, bytes: 0, contentLength: 0, wafAction: "challenge" };
  const next = 'add a rule that allows requests with a secret header, and send that header in "header"';
  const challenged = `WAF_CHALLENGE: AWS WAF answered with a challenge (HTTP 202, x-amzn-waf-action: challenge) instead of the object; ${next}`;
  const captcha = `WAF_CAPTCHA: AWS WAF answered with a CAPTCHA (HTTP 405, x-amzn-waf-action: captcha) instead of the object; ${next}`;
  const cases: readonly [name: string, answer: Partial<HttpResult>, text: string][] = [
    ["a challenge has no body", challenge, challenged],
    ["another POP challenges, and its body is left", { ...challenge, failure: { reason: "other_pop" } }, challenged],
    ["a CAPTCHA is wanted", { httpStatus: 405, wafAction: "captcha" }, captcha],
    [
      "the action is no word",
      { httpStatus: 202, wafAction: "<b>x</b>" },
      `WAF_ACTION: AWS WAF answered with an action (HTTP 202, x-amzn-waf-action) instead of the object; ${next}`,
    ],
  ];
  test.each(cases)("where %s", (_name, answer, text) => {
    expect(told(judge({ ...WHOLE, ...answer }, 1_234))).toEqual(["FINAL", "waf", text]);
  });
});

test("what was asked for compressed may come as it is, and then is larger than Get Size saw", () => {
  const css = { bytes: 5_000, contentLength: 5_000, contentType: "text/css" };
  const size = (answer: Partial<HttpResult>, compressed: boolean) =>
    told(judge({ ...WHOLE, ...css, ...answer }, 2_000, compressed))[0];
  expect(size({}, true)).toBe("GOOD");
  const { contentLength: _, ...unsized } = { ...WHOLE, ...css };
  expect(judge(unsized, 2_000, true).kind).toBe("GOOD");
  expect(judge(unsized, 2_000, false).kind).toBe("RETRY");
  // A part of it, and what is never sent compressed.
  expect(size({ bytes: 1_999, contentLength: 1_999 }, true)).toBe("RETRY");
  expect(judge({ ...unsized, contentType: "video/mp4" }, 2_000, true).kind).toBe("RETRY");
});

test("what arrives must have the size that Get Size saw, unless it is compressed", () => {
  const size = (answer: Partial<HttpResult>, expected: number | null) => told(judge({ ...WHOLE, ...answer }, expected));
  expect(size({}, 10)).toEqual(["GOOD"]);
  expect(size({}, null)).toEqual(["GOOD"]);
  const other = "10 bytes arrived, but Get Size measured 5000000";
  expect(size({}, 5_000_000)).toEqual(["RETRY", "incomplete", other]);
  expect(size({ bytes: 0, contentLength: 0 }, 5_000_000)[1]).toBe("incomplete");
  expect(size({ contentEncoding: "br" }, 5_000_000)).toEqual(["GOOD"]);
  // Content-Length states 10, too.
  expect(size({}, 7)).toEqual(["GOOD"]);
  const { contentLength: _, ...unsized } = WHOLE;
  expect(told(judge(unsized, 7))[1]).toBe("incomplete");
});
