import { expect, test } from "vitest";
import { isRecUnsure } from "../../../agent/fetch/to-result.ts";
import { taskMessage } from "../task-messages.ts";

const LEAD = { followers: [{ pop: "SIN2-P1", ips: ["192.0.2.1"] }] };
const answer = { bytes: 1, httpStatus: 200, xCache: "Miss from cloudfront" };
const hit = { ...answer, xCache: "Hit from cloudfront" };
const told = (tier: string) => `cdn-cache-hit,cdn-hit-layer;desc="${tier}"`;

test.each([
  ["a miss came by the REC", LEAD, answer, false],
  ["a hit of the edge was there before", LEAD, { ...hit, serverTiming: told("EDGE") }, true],
  ["a hit of the REC is what was asked for", LEAD, { ...hit, serverTiming: told("REC") }, false],
  ["a hit that tells no tier may be of either", LEAD, hit, true],
  [
    "what may not be kept, with nobody looking",
    { ...LEAD, verify: "off" },
    { ...answer, cacheControl: "no-store" },
    true,
  ],
  ["what may be kept, with nobody looking", { ...LEAD, verify: "off" }, answer, false],
  ["what may not be kept is looked at again otherwise", LEAD, { ...answer, cacheControl: "no-store" }, false],
  ["nobody waits for it", {}, hit, false],
] as const)("%s", (_, message, seen, unsure) => {
  expect(isRecUnsure(taskMessage(message), seen)).toBe(unsure);
});
