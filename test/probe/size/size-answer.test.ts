import fc from "fast-check";
import { readHeadAnswer, readRangeAnswer, readResponse } from "../../../probe/size/size-answer.ts";
import { fuzz } from "../../fuzz.ts";

const length = (value: string) => ({ "content-length": value });
const range = (value: string) => ({ "content-range": value, "content-length": "1" });
const waf = (action: string) => ({ "x-amzn-waf-action": action });
const next = 'add a rule that allows requests with a secret header, and send that header in "header"';
const challenged = `WAF_CHALLENGE: AWS WAF answered with a challenge (HTTP 202, x-amzn-waf-action: challenge) instead of the object; ${next}`;
const accepted =
  "HTTP 202: the origin accepted the request and did not send the object; retry when it responds with HTTP 200";
const problem = (text: string, retry = false) => ({ problem: text, retry });

/** A problem with the reason that it is counted under. */
function withReason(answer: object, http_status: number, headers: object) {
  if (!("problem" in answer)) return answer;
  const byClass = { 2: "not_cacheable", 3: "redirect", 4: "http_4xx", 5: "http_5xx" }[Math.floor(http_status / 100)];
  return { ...answer, reason: "x-amzn-waf-action" in headers ? "waf" : byClass, http_status };
}

type Row = [status: number, headers: Parameters<typeof readResponse>[1], answer: object];
/** Rows of statuses that have the same answer. */
const each = (statuses: readonly number[], answerOf: (status: number) => object) =>
  statuses.map((status): Row => [status, {}, answerOf(status)]);
const GET = { ask: "range" };

it.each<Row>([
  [200, length("1234"), { size: 1_234 }],
  [200, { ...length("5"), "cache-control": "no-store" }, { size: 5, obstacle: "Cache-Control: no-store" }],
  [200, { ...length("5"), vary: "*" }, { size: 5, obstacle: "Vary: *" }],
  [404, { "cache-control": "no-store" }, problem("HTTP 404")],
  // A rule of AWS WAF can match the method, and some origins do not support HEAD: a GET decides.
  [202, { ...length("0"), ...waf("challenge") }, GET],
  [200, { ...length("5"), ...waf("challenge") }, GET],
  [202, length("5"), GET],
  [200, length("many"), GET],
  ...each([200, 400, 403, 405, 408, 500], () => GET),
  [301, { location: "https://a.example/" }, problem("HTTP 301: redirects to https://a.example/")],
  ...each([429, 502, 503, 504], (status) => problem(`HTTP ${status}`, true)),
])("the response to a HEAD request: %i %j: %j", (status, headers, answer) => {
  expect(readHeadAnswer(readResponse(status, headers))).toEqual(withReason(answer, status, headers));
});

it.each<Row>([
  [206, range("bytes 0-0/1234"), { size: 1_234 }],
  [202, { ...length("0"), ...waf("challenge") }, problem(challenged)],
  [429, waf("challenge"), problem(challenged.replace("202", "429"))],
  [202, length("5"), problem(accepted)],
  [206, range("bytes 0-0/*"), { size: null }],
  [206, { ...range("bytes 0-0/9"), "cache-control": "private" }, { size: 9, obstacle: "Cache-Control: private" }],
  [204, { vary: "*" }, { size: null, obstacle: "Vary: *" }],
  ...each([200, 204, 206], () => ({ size: null })),
  [416, { "content-range": "bytes */0" }, { size: 0 }],
  [200, length("1234"), { size: 1_234 }],
  ...each([403, 404, 416], (status) => problem(`HTTP ${status}`)),
  ...each([408, 429, 500, 503], (status) => problem(`HTTP ${status}`, true)),
])("the response to a GET of one byte: %i %j: %j", (status, headers, answer) => {
  expect(readRangeAnswer(readResponse(status, headers))).toEqual(withReason(answer, status, headers));
});

it.each([readHeadAnswer, readRangeAnswer])("%o truncates a long Location to 1,000 characters", (read) => {
  const answer = read(readResponse(302, { location: `https://a.example/${"x".repeat(60_000)}` }));
  if (!("problem" in answer)) throw new Error("no problem");
  const { problem: told } = answer;
  const ends = [told.slice(0, 42), told.at(-1), told.length];
  expect(ends).toEqual(["HTTP 302: redirects to https://a.example/x", "…", 1_000]);
});

const headers = fc.dictionary(
  fc.constantFrom(
    "content-length",
    "content-range",
    "location",
    "x-cache",
    "cache-control",
    "vary",
    "x-amzn-waf-action",
  ),
  fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom("bytes 0-0/9", "bytes */9"), fc.array(fc.string())),
);
const status = fc.integer({ min: 100, max: 999 });

it.each([
  ["a HEAD", readHeadAnswer],
  ["a GET of one byte", readRangeAnswer],
])("a generated response to %s yields a size, a problem or a further request", (_, read) => {
  fc.assert(
    fc.property(status, headers, (code, given) => {
      const answer = read(readResponse(code, given));
      if ("size" in answer)
        expect(answer.size === null || (Number.isSafeInteger(answer.size) && answer.size >= 0)).toBe(true);
      else if ("problem" in answer) expect(answer.problem).toMatch(/^(HTTP \d+|WAF_\w+: )/);
      else expect(answer).toEqual({ ask: "range" });
      // Only a successful response has a size: the length of an error page is not the object's.
      if ("size" in answer) expect([2, 4]).toContain(Math.floor(code / 100));
    }),
    fuzz(2_000),
  );
});
