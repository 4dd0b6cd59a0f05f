import { expect, test } from "vitest";
import { nextAddress } from "../../../agent/fetch/next-attempt.ts";
import type { Attempt } from "../../../agent/fetch/to-result.ts";

/** An attempt at an address that failed so. */
const failed = (addressIndex: number, reason: "http_5xx" | "other_pop"): Attempt => ({
  count: 1,
  addressIndex,
  answer: { bytes: 0 },
  startedAt: 0,
  endedAt: 9,
  verdict: { kind: "RETRY", failure: { reason } },
});
const busy = (addressIndex: number) => failed(addressIndex, "http_5xx");
const other = (addressIndex: number) => failed(addressIndex, "other_pop");

test.each([
  ["the first", 2, [], 5],
  ["the next", 2, [busy(5)], 6],
  ["the first again", 2, [busy(5), busy(6)], 7],
  ["the only one again", 1, [busy(5)], 6],
  ["another than the one of another POP", 2, [other(5)], 6],
  ["no other: each has named another POP", 2, [other(5), other(6)], undefined],
  ["none: there is no other address", 1, [other(5)], undefined],
  ["the one that only failed, not the one of another POP", 2, [other(5), busy(6)], 8],
  ["none: the other one has been tried", 2, [busy(5), other(6)], undefined],
  ["the one that has not been tried", 3, [busy(5), other(6)], 7],
] as const)("%s", (_, addresses, past, addressIndex) => {
  expect(nextAddress((n) => 5 + n, addresses, past)).toBe(addressIndex);
});

test("an order of one address stays there", () => {
  expect(nextAddress(() => 1, 3, [busy(1)])).toBe(1);
  expect(nextAddress(() => 1, 3, [other(1)])).toBeUndefined();
});
