import { createHash } from "node:crypto";
import { buildSync } from "esbuild";
import { type FailedObject, MAX_FAILED } from "../../../console/report/failed-objects.ts";
import type { Report } from "../../../console/report/report.ts";
import { reportFileName, reportHtml } from "../../../console/report/report-html.tsx";
import { reportStyle } from "../../../console/report/report-style.js";
import { times } from "../../collect.ts";
import { readiness as readinessWith } from "../../readiness.ts";
import { popRows } from "../pop-rows.ts";
import { failure, largestReport, madeUpReport, manyPops, WITHOUT_TASKS } from "./made-up-report.ts";

const { style } = reportStyle({ buildSync });

function html(report: Report = madeUpReport(), language: "en" | "zh" = "en"): string {
  return reportHtml(report, { language, style, timeZone: "Asia/Singapore" });
}

/** What is read on the page. */
function textOf(page: string): string {
  const body = page.slice(page.indexOf("<body>")).replace(/<title>[^<]*<\/title>/g, " ");
  return body
    .replace(/<[^>]*>/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ");
}

const TIMINGS = [
  { rec: "Singapore", tasks: 1_200, firstByte: { median: 87, p95: 1_240 }, whole: { median: 61_000, p95: 3_700_000 } },
  { rec: null, tasks: 1 },
];

describe("what the page says", () => {
  test("in English: each section, with the words of the console", () => {
    const refused = failure("http_4xx", [{ url: "https://www.example.com/a", pop: "SIN2-P1", error: "HTTP 403" }]);
    const failures = [refused, ...WITHOUT_TASKS];
    const text = textOf(html(madeUpReport({}, { failures }, { timings: TIMINGS })));
    for (const words of [
      ...["www.example.com/s3e1/", "8,407 URLs × 2 POPs", "Sent 2026-11-25 10:48 UTC, ended 2026-11-25 11:13 UTC"],
      ...["Not ready for traffic", "601 of 907 GB", "16,814 of 16,814 · 100%", "25:20", "19:13 11:13 UTC"],
      ...[
        "Tasks that did not succeed, and next steps",
        "Fix before you send traffic",
        "Client error (4xx)",
        "https://www.example.com/a",
      ],
      ...["Viewers most likely get the same error.", "4 URLs could not be read", "FCO50-C1"],
      ...[
        "Sent request",
        "Edge hit",
        "br",
        "POPs",
        "Timings by regional edge cache",
        "Singapore APAC 1,200 87 ms 1.2 s 1:01 1:01:40",
      ],
      ...["REC unknown 1 – – – –", "3f9c2a71-1d52-4b0e-8c66-92c2e0a7b315", "As of 2026-11-25 10:58 UTC"],
    ])
      expect(text).toContain(words);
  });

  test.each([
    [{}, "Scope POPs Downloads Automatic"],
    [{ scope: "regional", downloads: 1 }, "Scope Regional edge caches Downloads 1"],
    [{ scope: "pop", downloads: 2 }, "Scope POPs Downloads 2"],
    [{ accept_encoding: ["br,gzip", "identity"] }, "Accept-Encoding br,gzip; identity"],
  ])("the caches and the downloads of the sent request: %j", (sent, words) =>
    expect(textOf(html(madeUpReport(sent)))).toContain(words),
  );

  test.each([
    [404, "Retrying will not help"],
    [403, "signed URL"],
    [undefined, "HTTP 404: correct or remove"],
  ])("what to do about refused tasks follows their status: %s", (http_status, next) => {
    const example = { url: "https://www.example.com/a", pop: "SIN2-P1", http_status };
    expect(textOf(html(madeUpReport({}, { failures: [failure("http_4xx", [example], 1)] })))).toContain(next);
  });

  test("tasks that wait for their next attempt, with the reason and the time", () => {
    const example = { url: "https://www.example.com/a", pop: "SIN2-P1", error: "HTTP 503" };
    const row = { code: "http_5xx", tasks: 3, next_attempt_by: "2026-11-25 11:10:00.000000", examples: [example] };
    const text = textOf(html(madeUpReport({ retrying: [row] })));
    expect(text).toContain("3 tasks · Server error (5xx). Waiting for the next attempt until 19:10");
    expect(text).toContain("HTTP 503 · SIN2-P1 · https://www.example.com/a");
  });

  test("in Chinese", () => {
    const page = html(madeUpReport({}, {}, { timings: TIMINGS }), "zh");
    expect(page).toContain('<html lang="zh-CN">');
    const text = textOf(page);
    for (const words of ["暂不可放量", "放量前处理", "各区域边缘缓存的耗时", "新加坡", "失败的任务", "提交于"])
      expect(text).toContain(words);
    expect(text).not.toMatch(/Timings|As sent|Failed tasks|Where/);
  });

  test.each([
    ["stack", /19 desired.*19 instances/, /one process/],
    ["direct", /Downloaded by direct run/, /19 desired|19 instances/],
  ] as const)("which engine made it, where it has no instances: %s", (engine, says, saysNot) => {
    const text = textOf(html(madeUpReport({}, {}, { engine })));
    expect(text).toMatch(says);
    expect(text).not.toMatch(saysNot);
  });

  test("where the others are warm, what fails everywhere apart, and two examples of each reason", () => {
    const url = (name: string) => `https://www.example.com/s3e1/${name}`;
    const reason = (code: string, pops: number, urls: number, ...names: string[]) => ({
      ...failure(
        code,
        names.map((it) => ({ url: url(it), pop: "BOM54-P2", error: "x" })),
        pops * urls,
      ),
      pops,
      urls,
    });
    const failures = [
      reason("not_kept", 3, 7, "master.m3u8"),
      reason("http_4xx", 3, 4, "audio/init.mp4"),
      reason("timeout", 1, 96, "seg-1.m4s", "seg-2.m4s", "seg-3.m4s"),
    ];
    const pops = popRows(
      ["BOM54-P2", "SIN2-P1", "NRT20-P9"].map((pop) => ({
        pop,
        done: 1,
        notKept: 7,
        failed: pop === "BOM54-P2" ? 100 : 4,
      })),
      8_407,
    );
    const lacking = { lacking_pops: 1, lacking_other_pops: 1, lacking_examples: ["BOM54-P2"] };
    const readiness = readinessWith({ ...lacking, pops: 3, exceptions: 3 });
    const counts = { total_count: 25_221, download_count: 25_221, failed_count: 129, not_kept_count: 21 };
    const request = { pops, failures, readiness, pop_count: 3, ...counts, warm_count: 25_092 };
    const text = textOf(html(madeUpReport(request, { failures })));
    for (const words of [
      "The other 8,396 objects are warm at 2 of 3 POPs, and all but 96 of them at BOM54-P2 .",
      "21 tasks: 7 objects at all 3 POPs",
      ...[
        "POPs Excludes 11 objects that fail at every POP",
        "audio/init.mp4 , and 3 more",
        "seg-1.m4s, seg-2.m4s , and 94 more",
      ],
    ])
      expect(text).toContain(words);
  });

  test("what opens is open, for paper; and nothing can be pressed", () => {
    const page = html();
    expect(page.match(/<details/g)?.length).toBeGreaterThan(0);
    expect(page).not.toMatch(/<details(?![^>]* open)|<button|<a |<input|tabindex/i);
  });

  test("an all warm one says so, and a failed one has its reason and no map", () => {
    const fine = { verdict: "ready", failed_count: 0, not_kept_count: 0, warm_count: 16_814 };
    const warm = textOf(html(madeUpReport(fine, { failures: [], failure_urls: [], failure_pops: [] })));
    expect(warm).toContain("All tasks succeeded.");
    expect(warm).not.toContain("Failed tasks");
    const failed = { status: "FAILED", reason: "No URL can be read: all 31 answer 403", pops: [], failed_count: 0 };
    const none = html(madeUpReport(failed, { failures: [] }));
    expect(textOf(none)).toContain("No URL can be read: all 31 answer 403");
    expect(none).not.toContain('class="map');
  });
});

describe("failed tasks", () => {
  const object = (index: number): FailedObject => ({
    url: `https://www.example.com/s3e1/${index}.js`,
    variant: "br",
    error: "HTTP 404",
    pops: ["SIN2-P1", "ATL56-C1"],
  });
  const failed = (count: number) => times(count, (index) => object(index));
  const CSV = "prewarm report 3f9c2a71 --failed -o failed.csv";

  test("are named, each object once with its POPs", () => {
    const text = textOf(html(madeUpReport({}, {}, { failed: failed(3) })));
    expect(text).toContain("…2.js br HTTP 404 SIN2-P1, ATL56-C1");
    expect(text).not.toContain(CSV);
  });

  test("over 2,000, or where they cannot be read: the CSV is named instead", () => {
    const many = failed(MAX_FAILED / 2 + 1);
    for (const rest of [{ failed: many }, {}]) {
      const text = textOf(html(madeUpReport({ failed_count: 2_002 }, {}, rest)));
      expect(text).toContain(`2,002 tasks failed. For all of them, see the CSV file: ${CSV}`);
      expect(text).not.toContain("2.js");
    }
  });
});

test("a page that goes to others has no script, loads nothing, and its policy lets in its one style alone", () => {
  const page = html();
  const [, css = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const hash = createHash("sha256").update(css).digest("base64");
  expect(page).toContain(
    `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
  );
  expect(page.match(/<style/g)).toHaveLength(1);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|<object|<embed|<base|<form/i);
  expect(page).not.toMatch(/<[^>]*\s(on\w+|style|href|src|srcset|action)=/i);
  expect(css).not.toMatch(/url\(|@import|@font-face/);
  expect(css).toContain("modern-normalize v3.0.1 | MIT License");
});

test("a page that goes to others shows what servers and users wrote as text, wherever it stands", () => {
  const evil = `https://e/"'><script>alert(1)</script><img src=x onerror=alert(1)></style><!--`;
  const example = { url: evil, variant: evil, pop: evil, error: evil };
  const pop = { pop: evil, rec: evil, state: "DONE", total_count: 9, download_count: 9, failed_count: 9 };
  const page = html(
    madeUpReport(
      {
        url_prefix: evil,
        request_id: evil,
        variant_names: [evil],
        pops: [pop],
        reason: evil,
        pop_count: 1,
        warnings: [{ code: evil, count: 1, message: evil, examples: [evil] }],
      },
      { failures: [failure(evil, [example])], failure_urls: [evil], failure_pops: [evil] },
      { failed: [{ ...example, pops: [evil] }], timings: [{ rec: evil, tasks: 1 }] },
    ),
  );
  expect(page).not.toMatch(/<script|<img|<!--/i);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  expect(textOf(page).split("<script>alert(1)</script>").length).toBeGreaterThan(10);
});

test("a page that goes to others has neither key nor link that is signed", () =>
  expect(html()).not.toMatch(/X-Amz|5ec2e7|s3\.eu-west-1/));

test("a page that goes to others stays below 300 kB with 400 POPs and as many failures as there may be", () => {
  const url = `https://www.example.com/${"y".repeat(40)}`;
  const pops = ["SIN2-P1", "ATL56-C1", "FRA60-P1", "BOM54-P2"];
  const failed = times(MAX_FAILED / pops.length, (i) => ({
    url: `${url}/${i}`,
    variant: "br",
    error: "HTTP 404",
    pops,
  }));
  const timings = times(15, () => TIMINGS[0]).filter((it) => it !== undefined);
  for (const language of ["en", "zh"] as const) {
    const usual = html(madeUpReport({ ...manyPops(), failed_count: MAX_FAILED }, {}, { failed, timings }), language);
    expect(usual).toContain(`${url}/499`);
    expect(Buffer.byteLength(usual)).toBeLessThan(300_000);
    const largest = html(largestReport({ failed, timings }), language);
    expect(largest).toContain("--failed -o failed.csv");
    expect(Buffer.byteLength(largest)).toBeLessThan(300_000);
  }
  // Where their cells have no room for a name.
  expect(textOf(html(largestReport()))).toMatch(
    /POPs that need attention .*[A-Z]{3}\d+-[A-Z]\d+ \d+%: Warm [\d,]+, .*and 340 more/,
  );
});

test("the file's name has the beginning of the id", () =>
  expect(reportFileName("3f9c2a71-0000-4000-8000-000000000001")).toBe("prewarm-3f9c2a71.html"));
