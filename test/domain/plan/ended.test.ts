import { describe, expect, it } from "vitest";
import { endedOf, type LeadResult, resultKeys } from "../../../domain/plan/followers.ts";
import { taskKey } from "../../../domain/plan/task.ts";
import { taskMessage } from "../../agent/task-messages.ts";

const [A, B, C] = ["a", "b", "c"].map((path) => ({ url: `https://cdn.example.com/${path}`, bytes: 10 }));
const LEAD = taskMessage({ urls: [A, B, C].flatMap((url) => url ?? []) });
const GOOD: LeadResult = { ok: true };
const NOT_FOUND: LeadResult = { ok: false, reason: "http_4xx", http_status: 404 };

describe("of the results that stand", () => {
  it("returns the stored results of the message's URLs in message order, without `not_asked`", () => {
    const [first = { pop_url: "" }, second = { pop_url: "" }, third = { pop_url: "" }] = resultKeys(LEAD);
    const standing = new Map<string, LeadResult>([
      [third.pop_url, NOT_FOUND],
      [second.pop_url, { ok: false, reason: "not_asked" }],
      [first.pop_url, GOOD],
      ["P2#x", GOOD],
    ]);
    expect(endedOf(LEAD, standing)).toEqual([
      { url: A, result: GOOD },
      { url: C, result: NOT_FOUND },
    ]);
  });
});

it("the results of variants stand apart", () => {
  const { req_id, pop, shards } = LEAD;
  const urls = ["br", "gzip"].map((variant) => ({ url: A?.url ?? "", bytes: 1, variant }));
  expect(resultKeys({ ...LEAD, urls })).toEqual(urls.map((url) => taskKey(req_id, { ...url, pop }, shards)));
});
