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
  ["any 2xx", { httpStatus: 299 }, "GOOD"],
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
  ["too many requests", { httpStatus: 429 }, "RETRY", "http_4xx", "HTTP 429"],
  ["fewer bytes than promised", { bytes: 9 }, "RETRY", "incomplete", "9 of 10 bytes arrived"],
  ["more bytes than promised", { bytes: 11 }, "RETRY", "incomplete", "11 of 10 bytes arrived"],
  ["nothing of what was promised", { bytes: 0 }, "RETRY", "incomplete", "0 of 10 bytes arrived"],
  ["another POP", { failure: { reason: "other_pop", detail: "answered by X" } }, "RETRY", "other_pop", "answered by X"],
  [
    "a body that is too large",
    { failure: { reason: "too_large", code: "TOO_LARGE" } },
    "FINAL",
    "too_large",
    "TOO_LARGE",
  ],
  ["a body that is too slow", { failure: { reason: "too_slow", code: "TOO_SLOW" } }, "RETRY", "too_slow", "TOO_SLOW"],
  ["a body that broke off", { bytes: 9, ...CUT }, "RETRY", "incomplete", errorText(CLOSED)],
  ["a body that broke off at its very end", CUT, "RETRY", "incomplete", errorText(CLOSED)],
  [
    "a redirect",
    { httpStatus: 302, location: "https://a.example/" },
    "FINAL",
    "redirect",
    "HTTP 302: redirects to https://a.example/",
  ],
  ["the first status of redirects", { httpStatus: 300 }, "FINAL", "redirect", "HTTP 300: redirects to nowhere"],
  ["a redirect to nowhere", { httpStatus: 304 }, "FINAL", "redirect", "HTTP 304: redirects to nowhere"],
  ["the first status of the client's faults", { httpStatus: 400 }, "FINAL", "http_4xx", "HTTP 400"],
  ["the last status of the client's faults", { httpStatus: 499 }, "FINAL", "http_4xx", "HTTP 499"],
  ["a 404 of another POP", { httpStatus: 404, failure: { reason: "other_pop" } }, "FINAL", "http_4xx", "HTTP 404"],
  ["a 503 of another POP", { httpStatus: 503, failure: { reason: "other_pop" } }, "RETRY", "other_pop", ""],
  ["a 404 whose page broke off", { httpStatus: 404, bytes: 3, ...CUT }, "FINAL", "http_4xx", "HTTP 404"],
  ["a server's fault", { httpStatus: 500 }, "RETRY", "http_5xx", "HTTP 500"],
  ["a server's fault whose page broke off", { httpStatus: 503, ...CUT }, "RETRY", "http_5xx", "HTTP 503"],
  ["the first of them whose page broke off", { httpStatus: 500, ...CUT }, "RETRY", "http_5xx", "HTTP 500"],
  [
    "a server's fault whose page stalled",
    { httpStatus: 503, failure: { reason: "timeout", code: "BODY_TIMEOUT" } },
    "RETRY",
    "timeout",
    "BODY_TIMEOUT",
  ],
  ["a status beyond all", { httpStatus: 600 }, "RETRY", "other", "HTTP 600"],
  ["an empty 202", { httpStatus: 202, bytes: 0, contentLength: 0 }, "FINAL", "not_cacheable", ACCEPTED],
  ["a 202 with a body", { httpStatus: 202 }, "FINAL", "not_cacheable", ACCEPTED],
  ["a 202 whose body breaks off", { httpStatus: 202, bytes: 9, ...CUT }, "FINAL", "not_cacheable", ACCEPTED],
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
    ["a challenge has a page", { ...challenge, bytes: 2_000, contentLength: 2_000 }, challenged],
    ["the page of a challenge breaks off", { ...challenge, bytes: 9, ...CUT }, challenged],
    ["CloudFront calls a challenge an error", { ...challenge, xCache: "Error from cloudfront" }, challenged],
    ["another POP challenges, and its body is left", { ...challenge, failure: { reason: "other_pop" } }, challenged],
    ["the object has another size", { ...challenge, bytes: 10, contentLength: 10 }, challenged],
    ["the action is in capitals", { ...challenge, wafAction: "Challenge" }, challenged],
    ["a CAPTCHA is wanted", { httpStatus: 405, wafAction: "captcha" }, captcha],
    ["the status is that of a success", { wafAction: "challenge" }, challenged.replace("HTTP 202", "HTTP 200")],
    [
      "the action is a new one",
      { httpStatus: 429, wafAction: "wait" },
      `WAF_ACTION: AWS WAF answered with an action (HTTP 429, x-amzn-waf-action: wait) instead of the object; ${next}`,
    ],
    [
      "the action is no word",
      { httpStatus: 202, wafAction: "<b>x</b>" },
      `WAF_ACTION: AWS WAF answered with an action (HTTP 202, x-amzn-waf-action) instead of the object; ${next}`,
    ],
  ];
  test.each(cases)("where %s", (_name, answer, text) => {
    expect(told(judge({ ...WHOLE, ...answer }, 1_234))).toEqual(["FINAL", "waf", text]);
  });

  test("a 403 without it is the edge's or the origin's refusal: AWS WAF does not mark what it blocks", () => {
    expect(told(judge({ ...WHOLE, httpStatus: 403 }, null))).toEqual(["FINAL", "http_4xx", "HTTP 403"]);
  });
});

test("what a failure quotes of an answer is cut: agents remember failures, a result has room for 1,000 characters", () => {
  const long = "x".repeat(60_000);
  for (const answer of [
    { bytes: 0, httpStatus: 302, location: long },
    { ...WHOLE, xCache: `Error ${long}` },
  ]) {
    const outcome = judge(answer, null);
    expect(outcome).toMatchObject({ failure: { detail: expect.stringMatching(/x{30}/) } });
    expect(JSON.stringify(outcome).length).toBeLessThan(1_200);
  }
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
