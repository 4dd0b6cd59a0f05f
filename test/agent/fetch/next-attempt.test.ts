import { judge } from "../../../agent/fetch/attempt-verdict.ts";
import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import { nextAddress, nextTry } from "../../../agent/fetch/next-attempt.ts";
import { attemptOf } from "./attempts.ts";

const CLOSED: HttpResult = { bytes: 0, failure: { reason: "connection", code: "CLOSED" } };
const PAGE: HttpResult = { bytes: 9, httpStatus: 200, xCache: "Error from cloudfront" };
/** Its page never ended. */
const STALLED_ERROR: HttpResult = { bytes: 9, httpStatus: 502, failure: { reason: "timeout", code: "BODY_TIMEOUT" } };
/** The POP that answered is another one, and so is its cache. */
const OTHERS_ERROR: HttpResult = { bytes: 0, httpStatus: 502, failure: { reason: "other_pop", code: "OTHER_POP" } };
const status = (httpStatus: number): HttpResult => ({ bytes: 0, httpStatus });

type Case = [name: string, answer: HttpResult, count: number, tries: number, then: string, hasNext?: boolean];

test.each<Case>([
  ["good", status(200), 1, 0, "never"],
  ["a connection that was lost", CLOSED, 1, 0, "now"],
  ["lost for the third time", CLOSED, 3, 0, "never"],
  ["408", status(408), 2, 0, "now"],
  ["500 at the first address", status(500), 1, 0, "later"],
  ["500 as the third attempt", status(500), 3, 0, "never"],
  ["500, later, for the second time", status(500), 1, 1, "later"],
  ["500, later, for the third time", status(500), 1, 2, "never"],
  ["502 whose page stalled", STALLED_ERROR, 1, 0, "later"],
  ["502 of another POP", OTHERS_ERROR, 1, 0, "now"],
  ["a page for an error", PAGE, 1, 0, "later"],
  ["503, for the eighth time", status(503), 1, 7, "never"],
  ["no address is worth it", CLOSED, 1, 0, "never", false],
])("%s", (_, answer, count, tries, then, hasNext = true) => {
  expect(nextTry(attemptOf(answer, { count, verdict: judge(answer, null) }), tries, hasNext)).toBe(then);
});

/** An attempt at an address that failed so. */
const failed = (addressIndex: number, reason: "http_5xx" | "other_pop") =>
  attemptOf({ bytes: 0 }, { addressIndex, verdict: { kind: "RETRY", failure: { reason } } });
const busy = (addressIndex: number) => failed(addressIndex, "http_5xx");
const other = (addressIndex: number) => failed(addressIndex, "other_pop");

test.each([
  ["the first", 2, [], 5],
  ["the next", 2, [busy(5)], 6],
  ["the only one again", 1, [busy(5)], 6],
  ["another than the one of another POP", 2, [other(5)], 6],
  ["no other: each has named another POP", 2, [other(5), other(6)], undefined],
  ["the one that only failed, not the one of another POP", 2, [other(5), busy(6)], 8],
  ["none: the other one has been tried", 2, [busy(5), other(6)], undefined],
] as const)("%s", (_, addresses, past, addressIndex) => {
  expect(nextAddress((n) => 5 + n, addresses, past)).toBe(addressIndex);
});

test("an order of one address stays there", () => {
  expect(nextAddress(() => 1, 3, [busy(1)])).toBe(1);
  expect(nextAddress(() => 1, 3, [other(1)])).toBeUndefined();
});
