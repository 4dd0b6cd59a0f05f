import { expect, test } from "vitest";
import { everyAddress, outcomeOf, type Warming } from "../../../agent/fetch/task-result.ts";

const GOOD = {
  count: 1,
  addressIndex: 0,
  answer: { bytes: 1 },
  verdict: { kind: "GOOD" },
  startedAt: 0,
  endedAt: 9,
} as const;
const proven = (outcome: "warm" | "hit" | "not_kept"): Warming => ({
  attempt: GOOD,
  proof: { outcome, answer: { bytes: 1 }, tier: undefined, age: undefined, rounds: 1, sawHit: false },
});
const FAILED: Warming = { attempt: { ...GOOD, verdict: { kind: "RETRY", failure: { reason: "timeout" } } } };

test.each([
  [[proven("warm"), proven("warm")], "warm", "2 of 2"],
  [[proven("warm"), proven("hit")], "hit", "2 of 2"],
  [[proven("warm"), proven("not_kept"), proven("warm")], "not_kept", "2 of 3"],
  [[FAILED, proven("not_kept")], "failed", "0 of 2"],
] as const)("a POP is as warm as its coldest address: %#", async (each, outcome, addresses) => {
  const ips = each.map((_, i) => `192.0.2.${i}`);
  const all = await everyAddress(ips, async (addressIndex) => each[addressIndex] ?? FAILED);
  expect(outcomeOf(all)).toBe(outcome);
  expect(all.addresses).toBe(addresses);
  const good = ["done", "hit", "warm"];
  expect(all.cold).toEqual(ips.filter((_, i) => !good.includes(outcomeOf(each[i] ?? FAILED))));
});
