import { READINESS_MESSAGES } from "../../../domain/readiness/messages.ts";
import { reasonText, statusOfAll } from "../../../domain/readiness/reasons.ts";
import { footnote, popSelectionText, type SentenceInput, sentence } from "../../../domain/readiness/sentence.ts";
import type { Readiness } from "../../../domain/request/readiness-schema.ts";
import { failureReasons } from "../../../domain/result/failure.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { readiness } from "../../readiness.ts";

// In English, a message is written as its key with its values: `late(time 12 min)`. A sentence begins in upper case.
const english = Object.entries(READINESS_MESSAGES).map(([key, row]) => ({ key, row, en: row.en }));
beforeAll(() => {
  for (const { key, row, en } of english) {
    const names = [...en.matchAll(/\{(\w+)(?:, plural,(?: \w+ \{[^{}]*\})+)?\}/g)].map(([, name]) => name);
    const values = [...new Set(names)].map((name) => `${name} {${name}}`).join(", ");
    Object.assign(row, { en: values === "" ? key : `${key}(${values})` });
  }
});
afterAll(() => {
  for (const { row, en } of english) Object.assign(row, { en });
});

const MINUTE = 60_000;
const NOW = Date.parse("2026-11-25T11:46:12Z");
/** A timestamp as answers have it. @param ms since the epoch */
const at = (ms: number) => formatTimestamp(ms);
const RUNNING: SentenceInput = {
  status: "IN_PROGRESS",
  total_count: 3_192,
  download_count: 1_971,
  failed_count: 9,
  warm_count: 1_962,
  hit_count: 0,
  regional_count: 0,
  percentage_complete: 62,
  instance_count: 20,
  instances_at_work: 20,
  in_progress_task_count: 0,
  bytes_per_second: 3e9,
  timestamp: at(NOW),
  last_update_time: at(NOW - 2_000),
  timeout_at: at(NOW + 46 * MINUTE),
  estimated_finish_at: at(NOW + 6 * MINUTE),
};
const DONE: SentenceInput = {
  ...RUNNING,
  status: "FINISHED",
  download_count: 3_192,
  failed_count: 0,
  warm_count: 3_192,
  percentage_complete: 100,
  verdict: "ready",
};
const seen = (change: Partial<Readiness>) => ({ readiness: readiness(change) });

it.each<[Partial<SentenceInput>, string]>([
  [{ status: "CREATED" }, "askingSizes"],
  [{ status: "EXPANDING" }, "readingSources"],
  [{ status: "CHECK_POP" }, "checkingPops"],
  [{ status: "INSERT_TASK", download_count: 0 }, "queuing"],
  [{ status: "INSERT_TASK" }, "onTime(left 6 min, spare 40 min)"],
  [{}, "onTime(left 6 min, spare 40 min)"],
  [
    { estimated_finish_at: at(NOW + 34_000), timeout_at: at(NOW + 200 * MINUTE) },
    "onTime(left 40 s, spare 3 h 19 min)",
  ],
  [{ estimated_finish_at: at(NOW + 58 * MINUTE) }, "late(time 12 min)"],
  [{ estimated_finish_at: null }, "underWay(percentage 62, measure measureBytes)"],
  [{ estimated_finish_at: null, percentage_of: "tasks" }, "underWay(percentage 62, measure measureTasks)"],
  [{ instances_at_work: 0 }, "waitingForInstances"],
  [{ instances_at_work: 0, last_update_time: at(NOW - 7 * MINUTE) }, "waitingForInstancesLong(time 7 min)"],
  [
    {
      instances_at_work: 0,
      download_count: 3_189,
      retrying: [
        { code: "http_5xx", tasks: 2, next_attempt_by: at(NOW + 44_000), examples: [{ error: "HTTP 503" }] },
        { code: "timeout", tasks: 1, next_attempt_by: at(NOW + 4_000), examples: [] },
      ],
    },
    "retrying(count 3, time 50 s, reason HTTP 503)",
  ],
  // Other tasks are queued, and no instance takes them.
  [
    {
      instances_at_work: 0,
      last_update_time: at(NOW - 7 * MINUTE),
      retrying: [{ code: "http_5xx", tasks: 2, next_attempt_by: at(NOW + 44_000), examples: [] }],
    },
    "waitingForInstancesLong(time 7 min)",
  ],
  [{ instance_count: 0, instances_at_work: 0 }, "paused(waiting 1,221)"],
  [
    { instance_count: 0, in_progress_task_count: 24, download_count: 3_132 },
    "pausedWhileRunning(running 24, waiting 36)",
  ],
  [{ bytes_per_second: 0, last_update_time: at(NOW - 5 * MINUTE) }, "noProgress(time 5 min)"],
  // A large file is under way.
  [
    { last_update_time: at(NOW - 9 * MINUTE), estimated_finish_at: null },
    "underWay(percentage 62, measure measureBytes)",
  ],
  [{ download_count: 3_192 }, "counting"],
  [{ timestamp: at(NOW + 47 * MINUTE) }, "timeIsUp"],
])("while it runs: %j", (change, said) => {
  expect(sentence({ ...RUNNING, ...change })).toBe(said);
});

it.each([
  [0, "NotReadyBecause(reasons unreadable(count 1, urls 4))"],
  [2, "NotReadyBecause(reasons twoClauses(first unreadable(count 1, urls 4), second failedOf(count 2, total 3,192)))"],
])("the list, which has no facts of the verdict, gives its reason: %i failed", (failed_count, said) => {
  const listed = { ...DONE, verdict: "not_ready" as const, failed_count, url_count: 4, unreadable_urls: 1 };
  expect(sentence(listed)).toBe(said);
});

it("while it runs has the time of day where there is a clock", () => {
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  expect(sentence(RUNNING, "en", clock)).toBe("onTimeAt(left 6 min, at 11:52, spare 40 min)");
});

it("a sentence is in the language that is asked for, with all its clauses", () => {
  const request = { ...DONE, warm_count: 3_000, hit_count: 192 };
  expect(sentence(request, "zh")).toMatch(/^\p{Script=Han}[^A-Za-z{}]+$/u);
});

it.each<[Partial<SentenceInput>, string]>([
  [{}, "Ready(claims allWarm(count 3,192))"],
  [
    { warm_count: 3_000, hit_count: 190 },
    "Ready(claims ofTasks(count 3,192, claims warm(count 3,000), hits(count 190), downloaded(count 2)))",
  ],
  [
    { warm_count: 3_000, regional_count: 192 },
    "Ready(claims ofTasks(count 3,192, claims warm(count 3,000), inRec(count 192)))",
  ],
  [
    { warm_count: 0, hit_count: 3_192, ...seen({ no_tier_tasks: 3_192 }) },
    "twoSentences(first Ready(claims ofTasks(count 3,192, claims hits(count 3,192))), second NoTier(count 3,192))",
  ],
  [
    {
      verdict: "not_ready",
      warm_count: 0,
      regional_count: 3_192,
      ...seen({
        regional_tasks: 3_192,
        lacking_pops: 38,
        lacking_other_pops: 38,
        lacking_examples: ["BOM1-P1", "BOM2-P1"],
        pops: 38,
        exceptions: 1,
      }),
    },
    "NotReadyBecause(reasons twoClauses(first lacking(count 38, pops 38, names morePops(names BOM1-P1, BOM2-P1, more 35)), second onlyInRec(count 3,192)))",
  ],
  [
    {
      verdict: "ready_with_exceptions",
      warm_count: 3_191,
      regional_count: 1,
      ...seen({ regional_tasks: 1, exceptions: 1 }),
    },
    "ReadyExceptions(count 1, troubles onlyInRec(count 1))",
  ],
  [
    {
      verdict: "ready_with_exceptions",
      failed_count: 18,
      warm_count: 3_174,
      ...seen({
        exceptions: 3,
        unreadable_urls: 3,
        urls: 900,
        unresolved_pops: 1,
        unresolved_examples: ["ICN51-C1"],
      }),
    },
    "ReadyExceptions(count 3, troubles twoClauses(first twoClauses(first failedOf(count 18, total 3,192), second unreadable(count 3, urls 900)), second unresolved(count 1, names names(names ICN51-C1))))",
  ],
  [
    {
      verdict: "ready_with_exceptions",
      failed_count: 1,
      warm_count: 0,
      hit_count: 3_191,
      ...seen({ exceptions: 1 }),
    },
    "twoSentences(first ReadyExceptions(count 1, troubles failedOf(count 1, total 3,192)), second OfTheOthers(claims hits(count 3,191)))",
  ],
  [
    { verdict: "not_ready", failed_count: 7, ...seen({ cold_objects: 11, cold_recs: ["Mumbai"] }) },
    "NotReadyBecause(reasons cold(count 11, recCount 1, recs names(names Mumbai)))",
  ],
  [
    {
      verdict: "not_ready",
      ...seen({
        cold_objects: 1,
        cold_recs: ["Mumbai", "Tokyo", "Seoul", "London", "Ohio"],
        lacking_pops: 9,
        lacking_other_pops: 4,
        lacking_examples: ["BOM1-P1", "BOM2-P1", "BOM3-P1", "BOM4-P1"],
      }),
    },
    "NotReadyBecause(reasons twoClauses(first cold(count 1, recCount 5, recs moreRecs(names Mumbai, Tokyo, Seoul, more 2)), second lacking(count 4, pops 38, names morePops(names BOM1-P1, BOM2-P1, BOM3-P1, more 1))))",
  ],
  // One POP of 38 is not what keeps it from being ready.
  [
    {
      verdict: "not_ready",
      ...seen({ cold_objects: 2, cold_recs: ["Mumbai"], lacking_pops: 9, lacking_other_pops: 1 }),
    },
    "NotReadyBecause(reasons cold(count 2, recCount 1, recs names(names Mumbai)))",
  ],
  [
    {
      verdict: "not_ready",
      ...seen({ lacking_pops: 1, lacking_other_pops: 1, lacking_examples: ["BOM1-P1"], pops: 3 }),
    },
    "NotReadyBecause(reasons lacking(count 1, pops 3, names names(names BOM1-P1)))",
  ],
  // One fault is told once: an unreadable URL is cold at every POP, and its POPs lack it.
  [
    {
      verdict: "not_ready",
      ...seen({
        cold_objects: 3,
        cold_unreadable: 3,
        cold_recs: ["Mumbai"],
        lacking_pops: 38,
        unreadable_urls: 3,
        urls: 4,
      }),
    },
    "NotReadyBecause(reasons unreadable(count 3, urls 4))",
  ],
  [
    {
      verdict: "not_ready",
      failed_count: 9,
      ...seen({
        cold_objects: 5,
        cold_unreadable: 3,
        cold_recs: ["Mumbai"],
        lacking_pops: 38,
        unreadable_urls: 3,
        urls: 40,
        unresolved_pops: 4,
        unanswered_pops: 1,
        unresolved_examples: ["ICN51-C1", "B", "C", "D"],
      }),
    },
    "twoSentences(first NotReadyBecause(reasons twoClauses(first unreadable(count 3, urls 40), second coldBesides(count 2, recCount 1, recs names(names Mumbai)))), second Sentence(clause unresolvedPartlyUnanswered(count 4, names morePops(names ICN51-C1, B, C, more 1), unanswered 1)))",
  ],
  // Neither is enough by itself.
  [
    { verdict: "not_ready", failed_count: 30, ...seen({ lacking_pops: 38, unreadable_urls: 1, urls: 200 }) },
    "NotReadyBecause(reasons twoClauses(first unreadable(count 1, urls 200), second failedOf(count 30, total 3,192)))",
  ],
  [
    {
      verdict: "not_ready",
      ...seen({ cold_objects: 2, unresolved_pops: 2, unanswered_pops: 2, unresolved_examples: ["A", "B"] }),
    },
    "twoSentences(first NotReadyBecause(reasons coldEverywhere(count 2)), second Sentence(clause unanswered(count 2, names names(names A, B))))",
  ],
  [{ verdict: "not_verified", warm_count: 0, ...seen({}) }, "NotVerifiedTasks(count 3,192)"],
  [
    { verdict: "not_verified", warm_count: 0, failed_count: 18, ...seen({ exceptions: 1 }) },
    "NotVerifiedExceptions(count 1, troubles failedOf(count 18, total 3,192))",
  ],
  [
    { verdict: "not_verified", warm_count: 0, failed_count: 18 },
    "twoSentences(first NotVerified, second Sentence(clause failedOf(count 18, total 3,192)))",
  ],
  [{ verdict: "not_ready" }, "NotReady"],
  // A row of the list, which has no readiness.
  [
    { verdict: "not_ready", failed_count: 18 },
    "twoSentences(first NotReady, second Sentence(clause failedOf(count 18, total 3,192)))",
  ],
  [
    { verdict: "ready_with_exceptions", failed_count: 18 },
    "twoSentences(first ReadyWithExceptions, second Sentence(clause failedOf(count 18, total 3,192)))",
  ],
  [{ verdict: "ready_with_exceptions" }, "ReadyWithExceptions"],
  [
    { status: "STOPPED", verdict: "not_ready", total_count: 72_820, download_count: 29_856, percentage_complete: 41 },
    "twoSentences(first Stopped(percentage 41, measure measureBytes), second NotTried(count 42,964))",
  ],
  [
    { status: "TIMEOUT", verdict: "not_ready", download_count: 3_191, failed_count: 2, percentage_complete: 99 },
    "twoSentences(first twoSentences(first TimedOut(percentage 99, measure measureBytes), second NotTried(count 1)), second TasksFailed(count 2))",
  ],
  [{ status: "STOPPED", verdict: undefined }, "StoppedUncounted"],
  [{ status: "TIMEOUT", verdict: undefined }, "TimedOutUncounted"],
  [{ status: "FAILED", reason: "No POP resolved" }, "FailedFor(reason No POP resolved)"],
  [{ status: "FAILED" }, "Failed"],
  [{ verdict: undefined }, "Finished"],
])("at its end: %j", (change, said) => {
  expect(sentence({ ...DONE, ...change })).toBe(said);
});

it.each(failureReasons)("the words of the reason %s are all there in both languages", (reason) => {
  for (const text of Object.values(reasonText(reason, "zh"))) expect(text).toMatch(/\p{Script=Han}/u);
  for (const text of Object.values(reasonText(reason, "en"))) expect(text).toMatch(/^[^\p{Script=Han}]{2,}$/u);
});

it.each<[verdict: SentenceInput["verdict"], change: Partial<Readiness>, said: string | undefined]>([
  ["ready", {}, "embeddedPops"],
  ["ready_with_exceptions", { origin_shield: ["us-west-2"] }, "embeddedPops"],
  ["ready_with_exceptions", { cold_recs: ["Seoul"] }, "embeddedPops"],
  [
    "ready_with_exceptions",
    { cold_recs: ["Seoul"], origin_shield: ["us-west-2", "eu-west-1"] },
    "twoSentences(first embeddedPops, second originShield(regions us-west-2, eu-west-1))",
  ],
  ["not_ready", { cold_recs: ["Seoul"], origin_shield: ["us-west-2"] }, "originShield(regions us-west-2)"],
  ["not_verified", {}, undefined],
  [undefined, { cold_recs: ["Seoul"], origin_shield: ["us-west-2"] }, undefined],
])("the footnote of the verdict %s, with %j", (verdict, change, said) => {
  expect(footnote({ verdict, ...seen(change) })).toBe(said);
});

it("the footnote of a row of the list, which has no facts of the verdict, is that of the verdict alone", () =>
  expect(footnote({ verdict: "ready" })).toBe("embeddedPops"));

it.each([
  ["all", [], "popsAll(selected 30, known 363)"],
  ["default", [], "popsDefault(selected 30, known 363)"],
  ["default", ["eu", "us"], "popsDefaultOf(selected 30, known 363, places eu, us)"],
  ["named", [], "popsNamed(selected 30, known 363)"],
] as const)("a %s selection of %j, with the source of its list and the age of that", (set, places, said) => {
  const fields = { selected: 30, known: 363, set, places: [...places] };
  const now = Date.parse("2024-04-16T03:56:39Z");
  const textOf = (discovered_at: string | null) =>
    popSelectionText({ ...fields, source: discovered_at === null ? "catalogue" : "discovered", discovered_at }, now);
  expect(textOf(null)).toBe(`popsWithSource(selection ${said}, source fromCatalogue)`);
  expect(textOf("2024-04-14 03:00:00.000000")).toContain("source fromDiscovery(age 2 d)");
});

it.each<[what: string, failure: Partial<Parameters<typeof statusOfAll>[0]>, next: RegExp]>([
  ["one that is not found", { urls: 1, examples: [{ http_status: 404 }] }, /Retrying will not help/],
  ["a task that is forbidden", { tasks: 1, examples: [{ http_status: 403 }] }, /signed URL/],
  ["several statuses", { urls: 2, examples: [{ http_status: 404 }, { http_status: 403 }] }, /HTTP 404: .* HTTP 401/],
  ["many tasks, under way", { tasks: 600, examples: [{ http_status: 404 }] }, /^Correct the URL/],
  ["several statuses, under way", { tasks: 9, examples: [{ http_status: 404 }, { http_status: 403 }] }, /HTTP 401/],
  ["more than its examples", { urls: 9, examples: [{ http_status: 404 }] }, /HTTP 404: .* HTTP 401/],
])("the next step of refused URLs follows their status: %s", (_, failure, next) => {
  const status = statusOfAll({ tasks: 0, urls: null, examples: [], ...failure });
  expect(reasonText("http_4xx", "en", status).next).toMatch(next);
});

describe("the sentence of a request with the scope regional", () => {
  const REGIONAL = {
    recs: 3,
    kept_recs: 2,
    covered_pops: 4,
    own_leads: 0,
    own_lead_examples: [],
    not_covered_pops: 0,
    not_covered_examples: [],
  };
  const told = (change: Partial<typeof REGIONAL & { not_extended: string }>, more: Partial<Readiness> = {}) =>
    sentence({
      ...DONE,
      verdict: (change.not_covered_pops ?? more.edge_tasks ?? 0) > 0 ? "ready_with_exceptions" : "ready",
      readiness: readiness({
        exceptions: change.not_covered_pops ?? more.edge_tasks ?? 0,
        regional: { ...REGIONAL, ...change },
        ...more,
      }),
    } as SentenceInput);

  const KEPT = "RecsKept(kept 2, recs 3, covered 4)";

  it("says how many RECs keep all objects, and how many POPs samples cover", () => {
    expect(told({})).toContain(KEPT);
  });

  it("names POPs that requested all objects, each with its sample", () => {
    const own_lead_examples = (["miss", "unclear", "failed", "no_sample"] as const).map((reason, i) => ({
      pop: `SIN${i}-C1`,
      reason,
    }));
    expect(told({ own_leads: 4, own_lead_examples: own_lead_examples as never })).toContain(
      "OwnLeads(count 4, names morePops(names ownLead(pop SIN0-C1, reason sampleMiss), ownLead(pop SIN1-C1, reason sampleUnclear)",
    );
  });

  it("names POPs that are not covered, and whether a limit is the cause", () => {
    const not = { not_covered_pops: 1, not_covered_examples: ["SIN2-C1"] as never };
    const values = "(count 1, names names(names SIN2-C1))";
    expect(told(not)).toContain(`notCovered${values}`);
    expect(told({ ...not, not_extended: "max_bytes: 1" })).toContain(`notCoveredLimit${values}`);
  });

  it("counts objects that the POP's own cache alone is shown to keep", () => {
    expect(told({}, { edge_tasks: 2 })).toContain("onlyAtEdge(count 2)");
  });
});
