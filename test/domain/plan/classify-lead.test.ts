import { describe, expect, it } from "vitest";
import { classifyLead, type LeadResult } from "../../../domain/plan/followers.ts";

const GOOD: LeadResult = { ok: true };
const NOT_FOUND: LeadResult = { ok: false, reason: "http_4xx", http_status: 404 };
const SLOW: LeadResult = { ok: false, reason: "timeout" };
const REFUSED: LeadResult = { ok: false, reason: "connection" };

describe("what a lead's result means for those that wait", () => {
  it.each<[string, LeadResult, ReturnType<typeof classifyLead>]>([
    ["it is good", GOOD, { state: "cached", isInRec: true }],
    [
      "it is good, and may be so at the edge alone",
      { ok: true, rec_unsure: true },
      { state: "cached", isInRec: false },
    ],
    ["it is good at some addresses", { ...NOT_FOUND, addresses: "1 of 3" }, { state: "cached", isInRec: true }],
    ["it is good at none", { ...NOT_FOUND, addresses: "0 of 3" }, { state: "origin_failed", observed: "HTTP 404" }],
    ["the origin refuses", NOT_FOUND, { state: "origin_failed", observed: "HTTP 404" }],
    ["no answer", SLOW, { state: "origin_failed", observed: "timeout" }],
    ["not kept", { ok: false, reason: "not_kept", http_status: 200 }, { state: "not_kept" }],
    [
      "not kept, though a response after the download was a hit",
      { ok: false, reason: "not_kept", http_status: 200, hit_after_download: true },
      { state: "cached", isInRec: false },
    ],
    [
      "the download was good, and the second one timed out: neither the origin nor the REC is to blame",
      { ...SLOW, rounds: 1 },
      { state: "pop_failed" },
    ],
    [
      "the download was good, and the second one was refused with a 503",
      { ok: false, reason: "http_5xx", http_status: 503, rounds: 1 },
      { state: "pop_failed" },
    ],
    [
      "not kept after two downloads",
      { ok: false, reason: "not_kept", http_status: 200, rounds: 2 },
      { state: "not_kept" },
    ],
    ["its message was given up", { ok: false, reason: "lost" }, { state: "origin_failed", observed: "lost" }],
    ["no connection", REFUSED, { state: "pop_failed" }],
    ["another POP answers", { ok: false, reason: "other_pop", http_status: 200 }, { state: "pop_failed" }],
    [
      "AWS WAF answers at the edge, which says nothing of the origin",
      { ok: false, reason: "waf", http_status: 202 },
      { state: "pop_failed" },
    ],
    [
      "AWS WAF asks for a CAPTCHA at the edge, though its status is a 4xx",
      { ok: false, reason: "waf", http_status: 405 },
      { state: "pop_failed" },
    ],
    [
      "the origin answers 202",
      { ok: false, reason: "not_cacheable", http_status: 202 },
      { state: "origin_failed", observed: "not_cacheable" },
    ],
    [
      "an agent of a release before did not say why",
      { ok: false, http_status: 502 },
      { state: "origin_failed", observed: "HTTP 502" },
    ],
    ["nor anything", { ok: false }, { state: "pop_failed" }],
  ])("%s", (_, result, verdict) => {
    expect(classifyLead(result)).toEqual(verdict);
  });
});
