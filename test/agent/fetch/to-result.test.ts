import { judge } from "../../../agent/fetch/attempt-verdict.ts";
import { type Attempt, firstDownload, toResult } from "../../../agent/fetch/to-result.ts";
import type { TaskUrl } from "../../../domain/plan/task.ts";
import type { TaskMessage } from "../../../domain/plan/task-message.ts";
import type { TaskOutcome } from "../../../domain/result/outcome.ts";
import { taskMessage } from "../task-messages.ts";
import { attemptOf } from "./attempts.ts";

/** The result of an attempt. @param shown how its proof ended. @default it had none */
function resultOf(
  attempt: Attempt,
  message: Partial<TaskMessage> = {},
  task: Partial<TaskUrl> = {},
  shown?: TaskOutcome,
) {
  const proof = { answer: attempt.answer, tier: undefined, age: undefined };
  const proven = shown === undefined ? {} : { proof: { ...proof, outcome: shown } };
  const url = { url: "https://a.example/", bytes: null, ...task };
  return toResult(taskMessage(message), url, "i-1", { attempt, ...proven }, 5);
}

test("what a POP says is stored up to a length, however much it says", () => {
  const long = "x".repeat(20_000);
  const answer = { bytes: 0, httpStatus: 302, location: long, xCache: long, xAmzCfPop: long, xAmzCfId: long };
  const result = resultOf(attemptOf(answer, { verdict: judge(answer, null) }));
  const { x_cache = "", x_amz_cf_pop = "", x_amz_cf_id = "", error = "" } = result;
  expect([x_cache, x_amz_cf_pop, x_amz_cf_id, error].map(({ length }) => length)).toEqual([200, 200, 200, 1_000]);
  expect(error).toMatch(/^HTTP 302: redirects to x+…$/);
  expect(JSON.stringify(result).length).toBeLessThan(2_500);
});

const CSS = { bytes: 5_000, contentLength: 5_000, httpStatus: 200, contentType: "text/css" };
const COMPRESSED = { ...CSS, contentEncoding: "br" };
const header = ["Accept-Encoding: br"];

test.each<[string, Attempt, Partial<TaskMessage>, true | undefined]>([
  ["it is larger than its compressed form", attemptOf(CSS), { header }, true],
  ["the request does not say which form", attemptOf(CSS), {}, true],
  ["nobody asked for a compressed form", attemptOf(CSS), { header: ["Accept-Encoding: identity"] }, undefined],
])("a result says if its object came uncompressed: %s", (_, attempt, message, expected) => {
  expect(resultOf(attempt, { ...message, header: [...("header" in message ? message.header : [])] }).uncompressed).toBe(
    expected,
  );
});

test.each([
  ["another size than Get Size saw", 3_333, CSS, true],
  ["the size that Get Size saw", 5_000, CSS, undefined],
  ["a size that Get Size could not tell", null, CSS, undefined],
  ["a compressed form", 3_333, COMPRESSED, undefined],
])("a result says if its object has %s", (_, bytes, answer, expected) => {
  const plain = { header: ["Accept-Encoding: identity"] };
  expect(resultOf(attemptOf(answer), plain, { bytes }).size_changed).toBe(expected);
});

test("a result names its variant, and stands under a key of its own", () => {
  const of = (task: Partial<TaskUrl>) => resultOf(attemptOf({ bytes: 1 }), {}, task);
  expect(of({ variant: "br" })).toMatchObject({ variant: "br", pop_url: "SIN2-P1#https://a.example/#br" });
  expect(of({})).toMatchObject({ variant: undefined, pop_url: "SIN2-P1#https://a.example/" });
});

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
  ["what may not be kept is looked at again otherwise", LEAD, { ...answer, cacheControl: "no-store" }, false],
] as const)("%s", (_, message, seen, unsure) => {
  expect(firstDownload(taskMessage(message), seen).isRecUnsure).toBe(unsure);
});
