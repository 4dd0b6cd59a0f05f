import { expect, test } from "vitest";
import { judge } from "../../../agent/fetch/attempt-verdict.ts";
import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { nextTry } from "../../../agent/fetch/next-attempt.ts";

const CLOSED: HttpResult = { bytes: 0, failure: { reason: "connection", code: "CLOSED" } };
const PAGE: HttpResult = { bytes: 9, httpStatus: 200, xCache: "Error from cloudfront" };
/** Its page never ended. */
const STALLED_ERROR: HttpResult = { bytes: 9, httpStatus: 502, failure: { reason: "timeout", code: "BODY_TIMEOUT" } };
/** The POP that answered is another one, and so is its cache. */
const OTHERS_ERROR: HttpResult = { bytes: 0, httpStatus: 502, failure: { reason: "other_pop", code: "OTHER_POP" } };
const status = (httpStatus: number): HttpResult => ({ bytes: 0, httpStatus });

type Case = [name: string, answer: HttpResult, count: number, tries: number, hasNext: boolean, then: string];

test.each<Case>([
  ["good", status(200), 1, 0, true, "never"],
  ["refused", status(403), 1, 0, true, "never"],
  ["a connection that was lost", CLOSED, 1, 0, true, "now"],
  ["lost for the third time", CLOSED, 3, 0, true, "never"],
  ["lost, after it was deferred", CLOSED, 1, 7, true, "now"],
  ["408", status(408), 2, 0, true, "now"],
  ["500 at the first address", status(500), 1, 0, true, "later"],
  ["500 after a connection that was lost", status(500), 2, 0, true, "later"],
  ["500 as the third attempt", status(500), 3, 0, true, "never"],
  ["500, later, for the second time", status(500), 1, 1, true, "later"],
  ["500, later, for the third time", status(500), 1, 2, true, "never"],
  ["502", status(502), 1, 0, true, "later"],
  ["502 whose page stalled", STALLED_ERROR, 1, 0, true, "later"],
  ["502 of another POP", OTHERS_ERROR, 1, 0, true, "now"],
  ["a page for an error", PAGE, 1, 0, true, "later"],
  ["503", status(503), 1, 0, true, "later"],
  ["429", status(429), 1, 0, true, "later"],
  ["503, for the seventh time", status(503), 1, 6, true, "later"],
  ["503, for the eighth time", status(503), 1, 7, true, "never"],
  ["no address is worth it", CLOSED, 1, 0, false, "never"],
])("%s", (_, answer, count, tries, hasNext, then) => {
  const attempt = { count, answer, startedAt: 0, endedAt: 9 };
  expect(nextTry({ ...attempt, verdict: judge(answer, null) }, tries, hasNext)).toBe(then);
});
