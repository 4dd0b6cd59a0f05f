import {
  type Failure,
  failureSchema,
  type Progress,
  progressSchema,
  type Summary,
  summarySchema,
} from "../../../client/answers.ts";
import { failedEverywhere, without } from "../../../console/request/everywhere.ts";
import { firstNames } from "../../../console/request/example-names.ts";
import { isFine } from "../../../console/request/is-fine.ts";
import { othersOf } from "../../../console/request/the-others.ts";
import { urgentOf } from "../../../console/request/urgency.ts";
import { readiness } from "../../readiness.ts";
import { endedRequest } from "../distinct-request.ts";
import { failure } from "../report/made-up-report.ts";

const MUMBAI_COLD = readiness({ cold_objects: 2, cold_recs: ["Mumbai"], pops: 3, exceptions: 1 });

const row = (pop: string, failed_count: number, not_kept_count = 0, tasks = 10) => {
  const counts = { total_count: tasks, download_count: tasks, failed_count, not_kept_count };
  return { pop, rec: "Mumbai", state: "DONE", ...counts, warm_count: tasks - failed_count };
};

const everywhere = (code: string, urls: number, pops = 3) => ({ ...failure(code, [], urls * pops), pops, urls });

/** Ten URLs at three POPs: one is refused and one is not kept, everywhere; three more fail at BOM3. */
function ended(changes: object = {}): Progress {
  const pops = [row("BOM1", 2, 1), row("BOM2", 2, 1), row("BOM3", 5, 1)];
  return progressSchema.parse({
    ...endedRequest(),
    readiness: MUMBAI_COLD,
    url_count: 10,
    pop_count: 3,
    pops,
    total_count: 30,
    download_count: 30,
    failed_count: 9,
    not_kept_count: 3,
    warm_count: 21,
    hit_count: 0,
    failures: [
      everywhere("http_4xx", 1),
      everywhere("not_kept", 1),
      { ...failure("timeout", [], 3), pops: 1, urls: 3 },
    ],
    ...changes,
  });
}

it("what fails everywhere is known of reasons that have each of their URLs at each POP", () => {
  const aside = failedEverywhere(ended());
  expect(aside).toEqual({ objects: 2, not_kept: 1 });
  expect(ended().pops.map((it) => without(it, aside))).toMatchObject([
    { total_count: 8, download_count: 8, failed_count: 0, not_kept_count: 0, warm_count: 8 },
    { failed_count: 0 },
    { failed_count: 3, not_kept_count: 0 },
  ]);
});

it("what fails everywhere: a POP that did not resolve has none of it", () => {
  const gone = { ...row("BOM4", 0, 0, 0), state: "NOT_RESOLVED" };
  const request = ended({ pops: [...ended().pops, gone] });
  const aside = failedEverywhere(request);
  expect(aside.objects).toBe(2);
  expect(request.pops.map((it) => without(it, aside)).at(-1)).toMatchObject({ total_count: 0, failed_count: 0 });
});

it.each([
  ["a URL may have several tasks at a POP", { url_count: 5 }],
  ["a retry has some tasks alone", { retry_of: "r0" }],
  ["nobody tells how many URLs could not be read", { readiness: undefined }],
  ["the POPs' counts lag behind the totals", { failed_count: 10 }],
  ["a reason has its URLs here and there", { failures: [{ ...failure("http_4xx", [], 5), pops: 3, urls: 2 }] }],
  ["its URLs are not counted yet", { failures: [{ ...failure("http_4xx", [], 3), pops: 3, urls: null }] }],
  ["it is at two of three POPs", { failures: [everywhere("http_4xx", 1, 2)] }],
])("what fails everywhere is not told where %s", (_, changes) =>
  expect(failedEverywhere(ended(changes)).objects).toBe(0),
);

it("the others are warm at all POPs but one, which lacks some", () =>
  expect(othersOf(ended())).toEqual({
    objects: 8,
    areOthers: true,
    pops: 3,
    warmPops: 2,
    but: { pop: "BOM3", objects: 3 },
  }));

it("the others are all objects where nothing fails everywhere; of several POPs none is named", () => {
  const pops = [row("BOM1", 0), row("BOM2", 1), row("BOM3", 2)];
  const request = ended({ pops, failed_count: 3, not_kept_count: 0, warm_count: 27, failures: [] });
  expect(othersOf(request)).toEqual({ objects: 10, areOthers: false, pops: 3, warmPops: 1, but: undefined });
});

it.each([
  ["it was stopped", { status: "STOPPED" }],
  ["the counts do not agree", { total_count: 31 }],
  [
    "good ones are hits alone",
    { pops: ended().pops.map((it) => ({ ...it, warm_count: 0, hit_count: it.warm_count })) },
  ],
  ["no POP has all of them", { failures: [] }],
  ["POPs have different objects", { pops: [row("BOM1", 2, 1), row("BOM2", 2, 1, 11), row("BOM3", 5, 1, 9)] }],
])("the others are not told where %s", (_, changes) => expect(othersOf(ended(changes))).toBeUndefined());

describe("urgentOf", () => {
  const READINESS = readiness({ exceptions: 1 });
  const NOT_READY = { status: "FINISHED", verdict: "not_ready", readiness: READINESS, pop_count: 38 } as const;
  const COLD = [{ url: "https://e/cold", rec: "Mumbai" }];
  const reason = (code: string, pops: number, pop?: string, url = "https://e/a") =>
    failureSchema.parse({ ...failure(code, pop === undefined ? [] : [{ url, pop }]), pops });
  const unread = { ...reason("other", 0), subject: "url", tasks: 0 } as const;
  const unresolved = { ...reason("name_not_found", 30), subject: "pop", tasks: 0 } as const;
  const everywhere = reason("http_4xx", 38);
  const one = reason("timeout", 1, "BOM1");
  const lacking = (lacking_pops: number) => ({
    readiness: { ...READINESS, lacking_pops, lacking_examples: ["DEL54-P2", "CGK50-P1"] },
  });
  const atDelhi = reason("connection", 1, "DEL54-P2");
  const atJakarta = reason("incomplete", 1, "CGK50-P1");

  it.each<[string, change: object, urgent: Failure[], others: Failure[]]>([
    ["nothing, where the verdict lets the crowd come", { verdict: "ready_with_exceptions" }, [], [everywhere]],
    ["nothing, where nothing was to be verified", { verdict: "not_verified" }, [], [everywhere]],
    [
      "what viewers meet everywhere; what one POP of many lacks can wait",
      {},
      [reason("not_kept", 38), reason("not_asked", 1), reason("connection", 9)],
      [one],
    ],
    [
      "a 202 of the origin at one POP, because viewers get it, too; a challenge of AWS WAF there can wait",
      {},
      [reason("not_cacheable", 1, "BOM1")],
      [reason("waf", 1, "BOM2")],
    ],
    ["a challenge of AWS WAF at many POPs", {}, [reason("waf", 9)], [reason("waf", 1, "BOM2")]],
    [
      "the reasons of two POPs that lack much, not of a third",
      lacking(2),
      [atDelhi, atJakarta],
      [reason("too_slow", 1, "SIN2-P1")],
    ],
    ["not that of one POP of 38 that lacks much", lacking(1), [everywhere], [atDelhi]],
    ["a URL that could not be read; a POP that did not resolve can wait", {}, [unread], [unresolved]],
    ["no POP that did not resolve", {}, [], [unresolved]],
    [
      "what may have left an object cold in a whole REC: at two POPs, or with its URL",
      { readiness: { ...READINESS, cold_objects: 1, cold_examples: COLD, cold_recs: ["Mumbai"] } },
      [reason("timeout", 2, "BOM1"), reason("connection", 1, "BOM2", "https://e/cold")],
      [reason("too_slow", 1, "BOM3")],
    ],
    ["something, whatever is known of why it is not ready", { readiness: undefined }, [one], []],
  ])("is %s", (_, change, urgent, others) =>
    expect(urgentOf({ ...NOT_READY, ...change }, [...urgent, ...others])).toEqual({ failures: urgent, untried: false }),
  );

  it("is the tasks that were not tried, of one that was cut short", () =>
    expect(urgentOf({ ...NOT_READY, status: "STOPPED" }, [one])).toEqual({ failures: [], untried: true }));
});

const all = { status: "FINISHED", total_count: 9, download_count: 9 } as const;
const summaryWith = (changes: object = {}) =>
  summarySchema.parse({ request_id: "r", status: "FINISHED", failure_pop_urls_report: "https://e/", ...changes });

it.each<[boolean, what: string, Parameters<typeof isFine>[0], Summary | undefined, failures?: Failure[]]>([
  [true, "all is there, and nothing left out", all, summaryWith()],
  [false, "there is no summary yet", all, undefined],
  [false, "a POP is left out", all, summaryWith({ failure_pops: ["FCO50-C1"] })],
  [false, "a URL is left out", all, summaryWith({ failure_urls: ["https://e/gone"] })],
  [false, "a task failed", all, summaryWith(), [failureSchema.parse(failure("timeout"))]],
  [false, "it was stopped", { ...all, status: "STOPPED" }, summaryWith()],
  [false, "a task has no result", { ...all, download_count: 8 }, summaryWith()],
])("isFine is %s where %s", (fine, _, request, summary, failures = []) =>
  expect(isFine(request, summary, failures)).toBe(fine),
);

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
  ])("%s", (_, prefix, urls, names) => expect(firstNames(urls, prefix)).toEqual(names));
});
