import { describe, expect, it } from "vitest";
import { summarySchema } from "../../../client/answers.ts";
import { firstNames } from "../../../console/request/example-names.ts";
import { isFine } from "../../../console/request/is-fine.ts";
import { urgentOf } from "../../../console/request/urgency.ts";
import { readiness } from "../../readiness.ts";
import { failure } from "../report/made-up-report.ts";

const READINESS = readiness({ exceptions: 1 });
const at = (pop: string, url = "https://e/a") => ({ url, pop });
const NOT_READY = { status: "FINISHED", verdict: "not_ready", readiness: READINESS, pop_count: 38 } as const;
const reason = (code: string, pops: number, ...examples: object[]) => ({
  code,
  subject: "task" as const,
  tasks: 7,
  pops,
  urls: 7,
  examples: failure(code, examples).examples as { url: string; pop: string }[],
});

describe("urgentOf", () => {
  it("nothing is urgent where the verdict lets the crowd come", () => {
    const ready = { ...NOT_READY, verdict: "ready_with_exceptions" } as const;
    expect(urgentOf(ready, [reason("http_4xx", 38)])).toEqual({ failures: [], untried: false });
  });

  it("what viewers meet everywhere is; what one POP of many lacks can wait", () => {
    const kept = reason("not_kept", 38);
    const asked = reason("not_asked", 1);
    const one = reason("timeout", 1, at("BOM1"));
    const many = reason("connection", 9);
    expect(urgentOf(NOT_READY, [kept, asked, one, many]).failures).toEqual([kept, asked, many]);
  });

  it("a 202 of the origin at one POP comes first, because viewers get it, too; a challenge of AWS WAF there can wait", () => {
    const accepted = reason("not_cacheable", 1, at("BOM1"));
    const challenged = reason("waf", 1, at("BOM2"));
    const everywhere = reason("waf", 9);
    expect(urgentOf(NOT_READY, [accepted, challenged]).failures).toEqual([accepted]);
    expect(urgentOf(NOT_READY, [everywhere, challenged]).failures).toEqual([everywhere]);
  });

  it("two of 38 POPs lack much, each for a reason of its own: both reasons come first, that of a third does not", () => {
    const readiness = { ...READINESS, lacking_pops: 2, lacking_examples: ["DEL54-P2", "CGK50-P1"] };
    const one = reason("connection", 1, at("DEL54-P2"));
    const two = reason("incomplete", 1, at("CGK50-P1"));
    const other = reason("too_slow", 1, at("SIN2-P1"));
    expect(urgentOf({ ...NOT_READY, readiness }, [one, two, other]).failures).toEqual([one, two]);
    const fewer = { ...readiness, lacking_pops: 1 };
    const all = [reason("http_4xx", 38), one];
    expect(urgentOf({ ...NOT_READY, readiness: fewer }, all).failures).toEqual(all.slice(0, 1));
  });

  it("a URL that could not be read comes first, and a POP that did not resolve can wait", () => {
    const url = { ...reason("other", 0), subject: "url", tasks: 0 } as const;
    const pop = { ...reason("name_not_found", 30), subject: "pop", tasks: 0 } as const;
    expect(urgentOf(NOT_READY, [url, pop]).failures).toEqual([url]);
    expect(urgentOf(NOT_READY, [pop]).failures).toEqual([]);
  });

  it("nothing is urgent where nothing was to be verified", () => {
    expect(urgentOf({ ...NOT_READY, verdict: "not_verified" }, [reason("http_4xx", 38)]).failures).toEqual([]);
  });

  it("what may have left an object cold in a whole REC comes first: at two POPs, or with its URL", () => {
    const cold = [{ url: "https://e/cold", rec: "Mumbai" }];
    const readiness = { ...READINESS, cold_objects: 1, cold_examples: cold, cold_recs: ["Mumbai"] };
    const two = reason("timeout", 2, at("BOM1"));
    const named = reason("connection", 1, at("BOM2", "https://e/cold"));
    const other = reason("too_slow", 1, at("BOM3"));
    expect(urgentOf({ ...NOT_READY, readiness }, [two, named, other]).failures).toEqual([two, named]);
  });

  it("one that is not ready has something that comes first, whatever is known of why", () => {
    const only = [reason("timeout", 1, at("BOM1"))];
    expect(urgentOf({ ...NOT_READY, readiness: undefined }, only).failures).toEqual(only);
  });

  it("of one that was cut short, the tasks that were not tried are why", () => {
    const only = [reason("timeout", 1, at("BOM1"))];
    expect(urgentOf({ ...NOT_READY, status: "STOPPED" }, only)).toEqual({
      failures: [],
      untried: true,
    });
  });
});

describe("isFine", () => {
  const all = { status: "FINISHED", total_count: 9, download_count: 9 } as const;
  const summary = (changes: object = {}) =>
    summarySchema.parse({ request_id: "r", status: "FINISHED", failure_pop_urls_report: "https://e/", ...changes });
  it("is known once the summary is there, and has nothing left out", () => {
    expect(isFine(all, summary(), [])).toBe(true);
    expect(isFine(all, undefined, [])).toBe(false);
    expect(isFine(all, summary({ failure_pops: ["FCO50-C1"] }), [])).toBe(false);
    expect(isFine(all, summary({ failure_urls: ["https://e/gone"] }), [])).toBe(false);
    expect(isFine(all, summary(), [failure("timeout") as never])).toBe(false);
    expect(isFine({ ...all, status: "STOPPED" }, summary(), [])).toBe(false);
    expect(isFine({ ...all, download_count: 8 }, summary(), [])).toBe(false);
  });
});

describe("firstNames", () => {
  const S3 = "https://www.example.com/s3e1/";
  it.each([
    [
      "below the folder that all have in common",
      `${S3}seg-0`,
      [`${S3}seg-01.m4s`, `${S3}seg-02.m4s`],
      ["seg-01.m4s", "seg-02.m4s"],
    ],
    ["two of them, each once", S3, [`${S3}a`, `${S3}a`, `${S3}b`, `${S3}c`], ["a", "b"]],
    ["one that is the prefix itself", `${S3}a.js`, [`${S3}a.js`], ["a.js"]],
    ["the folder itself", S3, [S3], ["www.example.com/s3e1/"]],
    ["with nothing in common but the scheme", "https://", ["https://a.example/x"], ["a.example/x"]],
    ["a POP", "", ["FCO50-C1"], ["FCO50-C1"]],
    ["the end of a long one", S3, [`${S3}${"x".repeat(99)}/0412.m4s`], [`…${"x".repeat(30)}/0412.m4s`]],
  ])("%s", (_, prefix, urls, names) => {
    expect(firstNames(urls, prefix)).toEqual(names);
  });
});
