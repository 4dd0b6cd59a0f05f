import { reasonText, statusOfAll } from "../../../domain/readiness/reasons.ts";
import { footnote, popSelectionText, type SentenceInput, sentence } from "../../../domain/readiness/sentence.ts";
import type { Readiness } from "../../../domain/request/readiness-schema.ts";
import { failureReasons } from "../../../domain/result/failure.ts";
import { formatTimestamp } from "../../../domain/timestamps.ts";
import { readiness } from "../../readiness.ts";

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

it.each<[Partial<SentenceInput>, string, string]>([
  [{ status: "CREATED" }, "Checking the sizes of the URLs.", "正在检查 URL 的大小。"],
  [{ status: "EXPANDING" }, "Reading the sources.", "正在读取来源。"],
  [{ status: "CHECK_POP" }, "Checking POPs.", "正在检查 POP。"],
  [{ status: "INSERT_TASK", download_count: 0 }, "Queuing tasks.", "任务正在入队。"],
  [
    { status: "INSERT_TASK" },
    "On time: about 6 min left. Ends 40 min before the timeout.",
    "进展正常：约剩 6 分钟，将在超时前 40 分钟完成。",
  ],
  [{}, "On time: about 6 min left. Ends 40 min before the timeout.", "进展正常：约剩 6 分钟，将在超时前 40 分钟完成。"],
  [
    { estimated_finish_at: at(NOW + 34_000), timeout_at: at(NOW + 200 * MINUTE) },
    "On time: about 40 s left. Ends 3 h 19 min before the timeout.",
    "进展正常：约剩 40 秒，将在超时前 3 小时 19 分钟完成。",
  ],
  [
    { estimated_finish_at: at(NOW + 58 * MINUTE) },
    "Late: needs 12 min more than the timeout allows.",
    "将超时：预计在超时后再过 12 分钟才能完成。",
  ],
  [{ estimated_finish_at: null }, "In progress: 62% of the bytes.", "进行中：字节的 62%。"],
  [{ estimated_finish_at: null, percentage_of: "tasks" }, "In progress: 62% of the tasks.", "进行中：任务的 62%。"],
  [{ instances_at_work: 0 }, "Waiting for instances.", "正在等待实例。"],
  [
    { instances_at_work: 0, last_update_time: at(NOW - 7 * MINUTE) },
    "Waiting for instances for 7 min.",
    "已等待实例 7 分钟。",
  ],
  [
    {
      instances_at_work: 0,
      download_count: 3_189,
      retrying: [
        { code: "http_5xx", tasks: 2, next_attempt_by: at(NOW + 44_000), examples: [{ error: "HTTP 503" }] },
        { code: "timeout", tasks: 1, next_attempt_by: at(NOW + 4_000), examples: [] },
      ],
    },
    "3 tasks wait up to 50 s for the next attempt: HTTP 503.",
    "3 个任务在等待重试，最长 50 秒：HTTP 503。",
  ],
  // Other tasks are queued, and no instance takes them.
  [
    {
      instances_at_work: 0,
      last_update_time: at(NOW - 7 * MINUTE),
      retrying: [{ code: "http_5xx", tasks: 2, next_attempt_by: at(NOW + 44_000), examples: [] }],
    },
    "Waiting for instances for 7 min.",
    "已等待实例 7 分钟。",
  ],
  [
    { instance_count: 0, instances_at_work: 0 },
    "Paused: the desired number of instances is 0. 1,221 tasks are waiting.",
    "已暂停：所需实例数为 0，1,221 个任务在等待。",
  ],
  [
    { instance_count: 0, in_progress_task_count: 24, download_count: 3_132 },
    "Paused: the desired number of instances is 0. 24 tasks continue for up to a minute while instances shut down. 36 tasks are waiting.",
    "已暂停：所需实例数为 0。24 个任务仍在运行，在实例关闭前最多再运行一分钟；36 个任务在等待。",
  ],
  [{ bytes_per_second: 0, last_update_time: at(NOW - 5 * MINUTE) }, "No progress for 5 min.", "5 分钟没有进展。"],
  // A large file is under way.
  [
    { last_update_time: at(NOW - 9 * MINUTE), estimated_finish_at: null },
    "In progress: 62% of the bytes.",
    "进行中：字节的 62%。",
  ],
  [{ download_count: 3_192 }, "All tasks have a result. Counting the results.", "所有任务都已有结果，正在统计。"],
  [{ timestamp: at(NOW + 47 * MINUTE) }, "The timeout is over. Counting the results.", "已到超时时间，正在统计结果。"],
])("while it runs: %j", (change, en, zh) => {
  expect(sentence({ ...RUNNING, ...change })).toBe(en);
  expect(sentence({ ...RUNNING, ...change }, "zh")).toBe(zh);
});

it.each([
  ["not_ready", 0, "Not ready for traffic: 1 of 4 URLs could not be read.", "暂不可放量：4 个 URL 中有 1 个无法读取。"],
  [
    "not_ready",
    2,
    "Not ready for traffic: 1 of 4 URLs could not be read; 2 of 3,192 tasks failed.",
    "暂不可放量：4 个 URL 中有 1 个无法读取；3,192 个任务中有 2 个失败。",
  ],
] as const)(
  "the list, which has no facts of the verdict, gives its reason: %s, %i failed",
  (verdict, failed_count, en, zh) => {
    const listed = { ...DONE, verdict, failed_count, url_count: 4, unreadable_urls: 1 };
    expect(sentence(listed)).toBe(en);
    expect(sentence(listed, "zh")).toBe(zh);
  },
);

it("while it runs has the time of day where there is a clock", () => {
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  expect(sentence(RUNNING, "en", clock)).toBe("On time: about 6 min left. Done by 11:52, 40 min before the timeout.");
  expect(sentence(RUNNING, "zh", clock)).toBe("进展正常：约剩 6 分钟。预计 11:52 完成，距超时还有 40 分钟。");
});

it.each<[Partial<SentenceInput>, string, string]>([
  [{}, "Ready for traffic: all 3,192 tasks are warm.", "可以放量：3,192 个任务全部已预热。"],
  [
    { warm_count: 3_000, hit_count: 190 },
    "Ready for traffic: of 3,192 tasks, 3,000 are warm, 190 are hits that are not proven warm, 2 were downloaded with unknown cache state.",
    "可以放量：3,192 个任务中，3,000 个已预热、190 个已命中但未能证明已预热、2 个已下载但缓存状态未知。",
  ],
  [{ warm_count: 0 }, "Downloaded, but not verified: 3,192 tasks.", "已下载，但未验证：3,192 个任务。"],
  [
    { warm_count: 3_000, regional_count: 192 },
    "Ready for traffic: of 3,192 tasks, 3,000 are warm, 192 are kept by the regional edge cache.",
    "可以放量：3,192 个任务中，3,000 个已预热、192 个由区域边缘缓存保留。",
  ],
  [
    { warm_count: 0, hit_count: 3_192, ...seen({ no_tier_tasks: 3_192 }) },
    "Ready for traffic: of 3,192 tasks, 3,192 are hits that are not proven warm. The hits of 3,192 tasks do not report a cache tier, so the " +
      "regional edge cache may have answered: to make CloudFront report the tier, attach a response headers policy with Server-Timing enabled " +
      "(any sampling rate) to the cache behavior.",
    "可以放量：3,192 个任务中，3,192 个已命中但未能证明已预热。3,192 个任务的命中未报告缓存层，可能由区域边缘缓存响应：要让 CloudFront " +
      "报告缓存层，请为缓存行为附加已启用 Server-Timing（采样率不限）的响应标头策略。",
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
    "Not ready for traffic: 38 of 38 POPs are more than 1% cold (BOM1-P1, BOM2-P1 and 35 more); the regional edge cache keeps the objects of " +
      "3,192 tasks, the POP is not shown to.",
    "暂不可放量：38 个 POP 中有 38 个 POP，其未预热任务的比例超过 1%（BOM1-P1、BOM2-P1 和另外 35 个）；3,192 个任务的对象由区域边缘缓存保留，" +
      "但未能证明 POP 也保留。",
  ],
  [
    {
      verdict: "ready_with_exceptions",
      warm_count: 3_191,
      regional_count: 1,
      ...seen({ regional_tasks: 1, exceptions: 1 }),
    },
    "Ready, with 1 exception: the regional edge cache keeps the object of 1 task, the POP is not shown to.",
    "可以放量，但有 1 处例外：1 个任务的对象由区域边缘缓存保留，但未能证明 POP 也保留。",
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
    "Ready, with 3 exceptions: 18 of 3,192 tasks failed; 3 of 900 URLs could not be read; 1 POP did not resolve (ICN51-C1).",
    "可以放量，但有 3 处例外：3,192 个任务中有 18 个失败；900 个 URL 中有 3 个无法读取；1 个 POP 无法解析（ICN51-C1）。",
  ],
  [
    {
      verdict: "ready_with_exceptions",
      failed_count: 1,
      warm_count: 0,
      hit_count: 3_191,
      ...seen({ exceptions: 1 }),
    },
    "Ready, with 1 exception: 1 of 3,192 tasks failed. Of the other tasks, 3,191 are hits that are not proven warm.",
    "可以放量，但有 1 处例外：3,192 个任务中有 1 个失败。其余任务中，3,191 个已命中但未能证明已预热。",
  ],
  [
    { verdict: "not_ready", failed_count: 7, ...seen({ cold_objects: 11, cold_recs: ["Mumbai"] }) },
    "Not ready for traffic: 11 objects are not warm at any POP under the regional edge cache Mumbai.",
    "暂不可放量：11 个对象在区域边缘缓存（孟买）下的任何 POP 都未预热。",
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
    "Not ready for traffic: 1 object is not warm at any POP under the regional edge caches Mumbai, Tokyo, Seoul and 2 more; " +
      "4 of 38 POPs are more than 1% cold (BOM1-P1, BOM2-P1, BOM3-P1 and 1 more).",
    "暂不可放量：1 个对象在区域边缘缓存（孟买、东京、首尔，以及另外 2 个）下的任何 POP 都未预热；" +
      "38 个 POP 中有 4 个 POP，其未预热任务的比例超过 1%（BOM1-P1、BOM2-P1、BOM3-P1 和另外 1 个）。",
  ],
  // One POP of 38 is not what keeps it from being ready.
  [
    {
      verdict: "not_ready",
      ...seen({ cold_objects: 2, cold_recs: ["Mumbai"], lacking_pops: 9, lacking_other_pops: 1 }),
    },
    "Not ready for traffic: 2 objects are not warm at any POP under the regional edge cache Mumbai.",
    "暂不可放量：2 个对象在区域边缘缓存（孟买）下的任何 POP 都未预热。",
  ],
  [
    {
      verdict: "not_ready",
      ...seen({ lacking_pops: 1, lacking_other_pops: 1, lacking_examples: ["BOM1-P1"], pops: 3 }),
    },
    "Not ready for traffic: 1 of 3 POPs is more than 1% cold (BOM1-P1).",
    "暂不可放量：3 个 POP 中有 1 个 POP，其未预热任务的比例超过 1%（BOM1-P1）。",
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
    "Not ready for traffic: 3 of 4 URLs could not be read.",
    "暂不可放量：4 个 URL 中有 3 个无法读取。",
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
    "Not ready for traffic: 3 of 40 URLs could not be read; 2 other objects are not warm at any POP under the regional edge cache Mumbai. " +
      "4 POPs did not resolve (ICN51-C1, B, C and 1 more; for 1 of them the DNS resolver did not respond or returned an error).",
    "暂不可放量：40 个 URL 中有 3 个无法读取；另有 2 个对象在区域边缘缓存（孟买）下的任何 POP 都未预热。" +
      "4 个 POP 无法解析（ICN51-C1、B、C 和另外 1 个；其中 1 个是因为 DNS 解析器没有响应或返回错误）。",
  ],
  // Neither is enough by itself.
  [
    { verdict: "not_ready", failed_count: 30, ...seen({ lacking_pops: 38, unreadable_urls: 1, urls: 200 }) },
    "Not ready for traffic: 1 of 200 URLs could not be read; 30 of 3,192 tasks failed.",
    "暂不可放量：200 个 URL 中有 1 个无法读取；3,192 个任务中有 30 个失败。",
  ],
  [
    {
      verdict: "not_ready",
      ...seen({ cold_objects: 2, unresolved_pops: 2, unanswered_pops: 2, unresolved_examples: ["A", "B"] }),
    },
    "Not ready for traffic: 2 objects are not warm at any POP. The DNS resolver did not respond or returned an error for 2 POPs (A, B).",
    "暂不可放量：2 个对象在任何 POP 都未预热。DNS 解析器对 2 个 POP 没有响应或返回错误（A、B）。",
  ],
  [
    { verdict: "not_verified", warm_count: 0, ...seen({}) },
    "Downloaded, but not verified: 3,192 tasks.",
    "已下载，但未验证：3,192 个任务。",
  ],
  [
    { verdict: "not_verified", warm_count: 0, failed_count: 18, ...seen({ exceptions: 1 }) },
    "Downloaded, but not verified, 1 exception: 18 of 3,192 tasks failed.",
    "已下载，但未验证，有 1 处例外：3,192 个任务中有 18 个失败。",
  ],
  [
    { verdict: "not_verified", warm_count: 0, failed_count: 18 },
    "Downloaded, but not verified. 18 of 3,192 tasks failed.",
    "已下载，但未验证。3,192 个任务中有 18 个失败。",
  ],
  [{ verdict: "not_ready" }, "Not ready for traffic.", "暂不可放量。"],
  // A row of the list, which has no readiness.
  [
    { verdict: "not_ready", failed_count: 18 },
    "Not ready for traffic. 18 of 3,192 tasks failed.",
    "暂不可放量。3,192 个任务中有 18 个失败。",
  ],
  [
    { verdict: "ready_with_exceptions", failed_count: 18 },
    "Ready, with exceptions. 18 of 3,192 tasks failed.",
    "可以放量，但有例外。3,192 个任务中有 18 个失败。",
  ],
  [{ verdict: "ready_with_exceptions" }, "Ready, with exceptions.", "可以放量，但有例外。"],
  [
    { status: "STOPPED", verdict: "not_ready", total_count: 72_820, download_count: 29_856, percentage_complete: 41 },
    "Stopped at 41% of the bytes. 42,964 tasks were not tried.",
    "已停止，进度为字节的 41%。42,964 个任务未尝试。",
  ],
  [
    { status: "TIMEOUT", verdict: "not_ready", download_count: 3_191, failed_count: 2, percentage_complete: 99 },
    "Timed out at 99% of the bytes. 1 task was not tried. 2 tasks failed.",
    "已超时，进度为字节的 99%。1 个任务未尝试。2 个任务失败。",
  ],
  [{ status: "STOPPED", verdict: undefined }, "Stopped. Counting the results.", "已停止，正在统计结果。"],
  [{ status: "TIMEOUT", verdict: undefined }, "Timed out. Counting the results.", "已超时，正在统计结果。"],
  [{ status: "FAILED", reason: "No POP resolved" }, "Failed: No POP resolved.", "失败：No POP resolved。"],
  [{ status: "FAILED" }, "Failed.", "失败。"],
  [{ verdict: undefined }, "Finished.", "已完成。"],
])("at its end: %j", (change, en, zh) => {
  expect(sentence({ ...DONE, ...change })).toBe(en);
  expect(sentence({ ...DONE, ...change }, "zh")).toBe(zh);
});

it.each(failureReasons)("the words of the reason %s are all there in both languages", (reason) => {
  for (const text of Object.values(reasonText(reason, "zh"))) expect(text).toMatch(/\p{Script=Han}/u);
  for (const text of Object.values(reasonText(reason, "en"))) expect(text).toMatch(/^[^\p{Script=Han}]{2,}$/u);
});

it.each<[what: string, Partial<Readiness>, RegExp]>([
  ["no object is cold", { origin_shield: ["us-west-2"] }, /behind them\.$/],
  ["there is no Origin Shield", { cold_recs: ["Seoul"] }, /behind them\.$/],
  ["Origin Shield has what is cold", { cold_recs: ["Seoul"], origin_shield: ["us-west-2", "eu-west-1"] }, /us-west-2/],
])("the footnote of a verdict where %s", (_, change, text) => {
  expect(footnote({ verdict: "ready_with_exceptions", ...seen(change) })).toMatch(text);
  expect(footnote({ verdict: undefined, ...seen(change) })).toBeUndefined();
});

it.each(["en", "zh"] as const)(
  "the footnote in %s holds for a direct run, too, which has no EC2 instance",
  (language) => expect(footnote({ verdict: "ready" }, language)).not.toContain("EC2"),
);

it("the footnote on embedded POPs stands beside a verdict that is ready alone; that on Origin Shield beside any", () => {
  const shielded = seen({ cold_recs: ["Seoul"], origin_shield: ["us-west-2"] });
  for (const verdict of ["not_ready", "not_verified"] as const) {
    expect(footnote({ verdict, ...seen({}) })).toBeUndefined();
    expect(footnote({ verdict, ...shielded })).toMatch(/^With Origin Shield \(us-west-2\)/);
  }
  expect(footnote({ verdict: "ready", ...seen({}) })).toMatch(/embedded POPs/);
});

it.each([
  ["default", [], "30 of 363 POPs: the default set", "363 个 POP 中的 30 个：默认集合"],
  ["default", ["eu", "us"], "30 of 363 POPs: the default set of eu, us", "363 个 POP 中的 30 个：eu、us的默认集合"],
  ["named", [], "30 of 363 POPs, as selected", "363 个 POP 中的 30 个，由您指定"],
] as const)("a %s selection of %j, with the source of its list and the age of that", (set, places, en, zh) => {
  const fields = { selected: 30, known: 363, set, places: [...places] };
  const catalogue = { ...fields, source: "catalogue" as const, discovered_at: null };
  const now = Date.parse("2024-04-16T03:56:39Z");
  expect(popSelectionText(catalogue, now)).toBe(`${en} (POPs from the catalogue of this release)`);
  expect(popSelectionText(catalogue, now, "zh")).toBe(`${zh}（POP 列表来自此版本的目录）`);
  const discovered = { ...fields, source: "discovered" as const, discovered_at: "2024-04-14 03:00:00.000000" };
  expect(popSelectionText(discovered, now)).toBe(`${en} (POPs discovered 2 d ago)`);
  expect(popSelectionText(discovered, now, "zh")).toBe(`${zh}（POP 列表2 天前从 DNS 发现）`);
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

  it("says how many RECs keep all objects, and how many POPs samples cover", () => {
    expect(told({})).toContain("2 of 3 regional edge caches keep all objects; 4 POPs are covered by samples.");
  });

  it("names POPs that requested all objects, each with its sample", () => {
    const own_lead_examples = (["miss", "unclear", "failed", "no_sample"] as const).map((reason, i) => ({
      pop: `SIN${i}-C1`,
      reason,
    }));
    const text = told({ own_leads: 4, own_lead_examples: own_lead_examples as never });
    expect(text).toContain(
      "4 POPs requested all objects, because no sample shows the regional edge cache: SIN0-C1 (the sample was a miss)",
    );
  });

  it("names POPs that are not covered, and whether a limit is the cause", () => {
    const not = { not_covered_pops: 1, not_covered_examples: ["SIN2-C1"] as never };
    const lack = "1 POP is not shown to have a regional edge cache that keeps all objects (SIN2-C1)";
    expect(told(not)).toContain(lack);
    expect(told(not)).not.toContain("a limit of the request");
    expect(told({ ...not, not_extended: "max_bytes: 1" })).toContain(`${lack}, and a limit of the request`);
  });

  it("counts objects that the POP's own cache alone is shown to keep", () => {
    expect(told({}, { edge_tasks: 2 })).toContain(
      "only the POP's own cache is shown to keep the objects of 2 tasks, the regional edge cache is not",
    );
  });
});
