import { recOf } from "../../domain/pops/sites.ts";
import { formatTimestamp, parseTimestamp } from "../../domain/timestamps.ts";
import { catalogue, estimate, REFUSED_FORM } from "./made-up-form.ts";
import { popRows, somePops } from "./made-up-pops.ts";
import { sampleRows } from "./made-up-samples.ts";
import type { Answer } from "./page-server.ts";

const MINUTE = 60_000;
const at = (ms: number) => formatTimestamp(Date.now() + ms);

const NONE = {
  download_size: 0,
  in_progress_size: 0,
  total_size: 0,
  percentage_complete: 0,
  available_task_count: 0,
  in_progress_task_count: 0,
  download_count: 0,
  failed_count: 0,
  warm_count: 0,
  hit_count: 0,
  not_kept_count: 0,
  total_count: 0,
  bytes_per_second: 0,
  instances_at_work: 0,
  estimated_finish_at: null,
  warnings: [],
  url_count: 84,
  instance_count: 20,
  pop_count: 38,
  verify: "edge",
  order: "lead-first",
};

const RUNNING = {
  ...NONE,
  request_id: "e059b77b-e427-4489-a50b-4d8c652f114c",
  url_prefix: "https://www.example.com/patch/4.2.0/",
  status: "IN_PROGRESS",
  download_size: 1_880e9,
  in_progress_size: 30e9,
  total_size: 3_060e9,
  percentage_complete: 62,
  available_task_count: 1_041,
  in_progress_task_count: 180,
  download_count: 1_971,
  failed_count: 9,
  warm_count: 1_962,
  total_count: 3_192,
  bytes_per_second: 3_410e6,
  instances_at_work: 20,
  origin: { requests_per_second: 40 },
};

const runningTimes = () => ({
  created_at: at(-14 * MINUTE),
  last_update_time: at(-1_000),
  timeout_at: at(46 * MINUTE),
  timestamp: at(0),
  estimated_finish_at: at(5.6 * MINUTE),
});

const endedTimes = (minutesAgo: number, took = 24) => ({
  created_at: at(-(minutesAgo + took) * MINUTE),
  last_update_time: at(-minutesAgo * MINUTE),
  timeout_at: at((60 - minutesAgo - took) * MINUTE),
  timestamp: at(0),
});

const NOT_READY = {
  ...NONE,
  request_id: "3f9c2a71-0000-4000-8000-000000000001",
  url_count: 8_407,
  pop_count: 40,
  url_prefix: "https://www.example.com/premiere/s3e1/master.m3u8",
  status: "FINISHED",
  verdict: "not_ready",
  download_size: 672e9,
  total_size: 673e9,
  percentage_complete: 99,
  download_count: 336_280,
  total_count: 336_280,
  warm_count: 335_744,
  failed_count: 536,
  not_kept_count: 280,
  readiness: {
    cold_objects: 11,
    cold_examples: [],
    cold_recs: ["Mumbai", "Singapore", "Seoul", "Tokyo"],
    lacking_pops: 1,
    lacking_examples: ["BOM54-P2"],
    pops: 41,
    unresolved_pops: 1,
    unanswered_pops: 0,
    unresolved_examples: ["FCO50-C1"],
    cold_unreadable: 0,
    lacking_other_pops: 0,
    urls: 8_407,
    unreadable_urls: 0,
    exceptions: 4,
  },
};

const others = () => [
  {
    ...NONE,
    ...endedTimes(230, 60),
    request_id: "c81e02d5-1",
    url_prefix: "https://www.example.com/launch-trailer/manifest.mpd",
    status: "TIMEOUT",
    url_count: 1_204,
    total_count: 28_896,
    download_count: 25_429,
    warm_count: 25_429,
    download_size: 1_030e9,
    total_size: 1_160e9,
    percentage_complete: 88,
    verdict: "not_ready",
  },
  {
    ...NONE,
    ...endedTimes(300, 6),
    request_id: "90b7f3a8-1",
    url_prefix: "https://www.example.com/sitemap.xml",
    status: "FINISHED",
    url_count: 5_996,
    total_count: 143_904,
    download_count: 143_904,
    warm_count: 143_904,
    download_size: 21.4e9,
    total_size: 21.4e9,
    percentage_complete: 100,
    verdict: "ready",
  },
  {
    ...NONE,
    ...endedTimes(1_260, 2),
    request_id: "1a44de90-1",
    url_prefix: "https://www.example.com/assets/",
    status: "FINISHED",
    url_count: 212,
    total_count: 25_864,
    download_count: 25_864,
    warm_count: 25_440,
    failed_count: 424,
    download_size: 9.7e9,
    total_size: 9.7e9,
    percentage_complete: 100,
    verdict: "ready_with_exceptions",
  },
  {
    ...NONE,
    ...endedTimes(1_440, 9),
    request_id: "5be2210c-1",
    url_prefix: "https://www.example.com/patch/4.1.9-hotfix/",
    status: "FINISHED",
    url_count: 6,
    total_count: 2_154,
    download_count: 2_154,
    hit_count: 2_154,
    download_size: 690e9,
    total_size: 690e9,
    percentage_complete: 100,
    verdict: "ready",
  },
  {
    ...NONE,
    ...endedTimes(1_500, 11),
    request_id: "0c93a7f1-1",
    url_prefix: "https://d111111abcdef8.cloudfront.net/img/",
    status: "STOPPED",
    url_count: 3_310,
    total_count: 72_820,
    download_count: 29_856,
    warm_count: 29_856,
    download_size: 41.9e9,
    total_size: 101e9,
    percentage_complete: 41,
  },
  {
    ...NONE,
    ...endedTimes(1_560, 1),
    request_id: "b2d8e6f4-1",
    url_prefix: "https://www.example.com/promo/2026-11/",
    status: "FAILED",
    url_count: 31,
    reason: "No URL can be read: all 31 answer 403",
  },
];

const failure = (
  code: string,
  tasks: number,
  pops: number,
  urls: number | null,
  url: string,
  pop: string,
  error: string,
  more: readonly string[] = [],
) => ({
  code,
  tasks,
  pops,
  urls,
  examples: [url, ...more].map((it) => ({ url: it, pop, error })),
});

const RUNNING_FAILURES = [
  failure("connection", 7, 1, null, "https://www.example.com/patch/4.2.0/pak-003.bin", "DEL54-P2", "connect ETIMEDOUT"),
  failure(
    "incomplete",
    2,
    1,
    null,
    "https://www.example.com/patch/4.2.0/pak-017.bin",
    "CGK50-P1",
    "shorter than its Content-Length",
  ),
];
const ENDED_FAILURES = [
  failure(
    "not_kept",
    280,
    40,
    7,
    "https://www.example.com/premiere/s3e1/master.m3u8",
    "SIN2-P1",
    "Cache-Control: no-store",
    ["https://www.example.com/premiere/s3e1/video/1080p.m3u8", "https://www.example.com/premiere/s3e1/video/720p.m3u8"],
  ),
  failure("http_4xx", 160, 40, 4, "https://www.example.com/premiere/s3e1/audio/zh/init.mp4", "SIN2-P1", "HTTP 403"),
  failure(
    "timeout",
    96,
    1,
    96,
    "https://www.example.com/premiere/s3e1/video/1080p/seg-0412.m4s",
    "BOM54-P2",
    "no answer in 30 s",
  ),
];

const WARNINGS = [
  {
    code: "may_not_be_kept",
    count: 7,
    message: "The headers of some URLs say that no cache may keep them.",
    examples: ["Cache-Control: no-store of https://www.example.com/premiere/s3e1/master.m3u8"],
  },
];

const RUNNING_POPS = [
  ...["SIN2-P1", "SIN2-P6", "SIN52-C2", "BKK50-C2", "CGK50-P1", "HKG54-P1", "KUL51-P1", "MNL52-P1", "SGN50-P1"],
  ...["BOM54-P2", "BOM78-P1", "BLR50-P3", "DEL54-P2", "HYD57-P1", "ICN57-P1", "ICN57-P2", "ICN80-P1", "TPE53-P1"],
  ...["NRT20-P9", "NRT51-P2", "NRT57-P3", "KIX50-P2", "SYD62-P1", "MEL52-P2", "FRA56-P4", "FRA60-P1", "MXP63-P7"],
  ...["LHR50-P2", "LHR61-P3", "AMS58-P4", "CDG52-P2", "MAD53-P1", "IAD89-P1", "JFK52-P2", "LAX54-P3", "SFO5-P2"],
].map((pop, index) => ({
  pop,
  done: index % 5 === 0 ? 1 : 0.2 + ((index * 37) % 70) / 100,
  failed: pop === "DEL54-P2" ? 7 : pop === "CGK50-P1" ? 2 : 0,
}));

const ENDED_POPS = [...somePops(39).filter((pop) => pop !== "BOM54-P2"), "BOM54-P2", "BOM78-P1"].slice(0, 40);

const MANY = somePops(400).map((pop, index) => ({
  pop,
  done: index % 3 === 0 ? 1 : ((index * 53) % 100) / 100,
  failed: index % 41 === 0 ? 3 : 0,
  notKept: index % 67 === 0 ? 5 : 0,
}));

/** What the API says in each scene, by name. */
export const SCENES: Readonly<Record<string, (route: string, query: URLSearchParams) => Answer>> = {
  usual: (route, query) => usual(route, query),
  empty: (route, query) =>
    route === "GET requests" ? { body: { timestamp: at(0), requests: [], next: null } } : usual(route, query),
  refused: (route) =>
    route === "GET settings"
      ? settings()
      : { status: 500, body: { error_message: "Internal error; the log has it under 1-6a1f" } },
  wrong: (route, query) => (route === "POST prewarm" ? REFUSED_FORM : usual(route, query)),
  unknown: (route, query) =>
    route === "GET prewarm"
      ? { status: 404, body: { error_message: `req_id: there is no request '${query.get("req_id")}'` } }
      : usual(route, query),
  lost: () => undefined,
};

function usual(route: string, query: URLSearchParams): Answer {
  switch (route) {
    case "GET requests":
      return {
        body: {
          timestamp: at(0),
          requests: [{ ...RUNNING, ...runningTimes() }, { ...NOT_READY, ...endedTimes(34) }, ...others()],
          next: "more",
        },
      };
    case "GET prewarm":
      return query.get("detail") === "urls"
        ? { body: { ...progress(query.get("req_id") ?? ""), urls: popUrls(query.get("pop") ?? "") } }
        : { body: withSamples(progress(query.get("req_id") ?? ""), query.get("detail") ?? "") };
    case "GET summary":
      return { body: summary(query.get("req_id") ?? "") };
    case "GET instances":
      return { body: { status: "success", message: "query success", desiredcapacity: 20, timestamp: at(0) } };
    case "GET settings":
      return settings();
    case "GET pops":
      return catalogue();
    case "POST prewarm":
      return estimate();
    default:
      return { status: 404, body: { error_message: "Unknown route" } };
  }
}

function withSamples(request: Readonly<Record<string, unknown>>, detail: string): Readonly<Record<string, unknown>> {
  if (!detail.includes("samples")) return request;
  const ms = (field: string) => parseTimestamp(String(request[field]));
  const [bytes, warm] = [Number(request["download_size"]), Number(request["warm_count"])];
  const to = ms(request["status"] === "IN_PROGRESS" ? "timestamp" : "last_update_time");
  return { ...request, samples: sampleRows({ from: ms("created_at"), to, bytes, warm }) };
}

function progress(id: string): Readonly<Record<string, unknown>> {
  if (id === "many") {
    const pops = popRows(MANY, 60_000);
    return {
      ...RUNNING,
      ...runningTimes(),
      request_id: id,
      url_count: 60_000,
      pop_count: pops.length,
      pops,
      failures: RUNNING_FAILURES,
    };
  }
  if (id === "left-out") {
    const readiness = { ...NOT_READY.readiness, cold_objects: 0, cold_recs: [], exceptions: 1 };
    const counts = { failed_count: 0, not_kept_count: 0, warm_count: NOT_READY.total_count };
    const pops = popRows(
      ENDED_POPS.map((pop) => ({ pop, done: 1 })),
      8_407,
    );
    return {
      ...NOT_READY,
      ...endedTimes(34),
      ...counts,
      request_id: id,
      verdict: "ready_with_exceptions",
      readiness,
      pops,
      failures: [],
    };
  }
  if (id === "many-ended") {
    const pops = popRows(
      somePops(400).map((pop) => ({ pop, done: 1, failed: recOf(pop) === "Seoul" ? 4 : 0 })),
      8_407,
    );
    return { ...NOT_READY, ...endedTimes(34), request_id: id, pop_count: pops.length, pops, failures: ENDED_FAILURES };
  }
  if (id.startsWith("3f9c2a71")) {
    const pops = popRows(
      ENDED_POPS.map((pop) => ({ pop, done: 1, notKept: 7, failed: pop === "BOM54-P2" ? 100 : 4 })),
      8_407,
    );
    return { ...NOT_READY, ...endedTimes(34), pops, failures: ENDED_FAILURES, warnings: WARNINGS };
  }
  const other = others().find(({ request_id }) => request_id === id);
  if (other !== undefined) {
    const [tasks, share] = [
      Math.floor(other.total_count / 12),
      other.total_count === 0 ? 0 : other.download_count / other.total_count,
    ];
    return {
      ...other,
      pop_count: 12,
      pops:
        other.total_count === 0
          ? []
          : popRows(
              somePops(12).map((pop) => ({ pop, done: share })),
              tasks,
            ).map((row) => (row.state === "DONE" ? row : { ...row, state: "UNFINISHED" })),
      failures: [],
    };
  }
  return { ...RUNNING, ...runningTimes(), pops: popRows(RUNNING_POPS, 84), failures: RUNNING_FAILURES };
}

/** 8,407 URLs at one POP: 96 in a row without an answer, and the same few as everywhere. */
function popUrls(pop: string): Readonly<Record<string, unknown>> {
  const buckets = Array.from({ length: 120 }, (_, i) => {
    const [first, next] = [i, i + 1].map((it) => Math.floor((it * 8_407) / 120) + 1);
    const failed = i === 41 || i === 42 ? 48 : i % 40 === 3 ? 2 : 0;
    const state = i === 3 ? "not_kept" : failed > 0 ? "failed" : "warm";
    return { state, first, tasks: (next ?? 0) - (first ?? 0), failed };
  });
  const failures = Array.from({ length: 12 }, (_, i) => ({
    url: `https://www.example.com/premiere/s3e1/video/1080p/seg-${String(412 + i).padStart(4, "0")}.m4s`,
    outcome: "failed",
    reason: "timeout",
    error: "no answer in 30 s",
  }));
  return { pop, total_count: 8_407, buckets, failures, failures_omitted: 92 };
}

function summary(id: string): Readonly<Record<string, unknown>> {
  const notReady = id.startsWith("3f9c2a71") || id === "many-ended";
  return {
    request_id: id,
    status: "FINISHED",
    failed_count: notReady ? 314 : 0,
    failure_pops: notReady || id === "left-out" ? ["FCO50-C1"] : [],
    failure_urls: [],
    failure_urls_omitted: 0,
    failure_pop_urls_report: "https://prewarm-lists.s3.eu-west-1.amazonaws.com/r/report.csv?X-Amz-Signature=0",
    results_url: "https://prewarm-lists.s3.eu-west-1.amazonaws.com/r/results.csv.gz?X-Amz-Signature=0",
    failures: notReady ? ENDED_FAILURES : [],
  };
}

function settings(): Answer {
  return {
    body: {
      timestamp: at(0),
      env_name: "prod",
      region: "ap-southeast-1",
      version: "0.1.0",
      private: false,
      caps: [
        {
          parameter: "maxInstances",
          value: 20,
          unit: "instances",
          bounds: "Instances at most, whatever a request asks for",
        },
        { parameter: "maxRequestBytes", value: 10e12, unit: "bytes", bounds: "Bytes that one request may download" },
      ],
      distributions: { parameter: "distributions", allowed: ["*"] },
      instances: { types: ["c7gn.large", "c6gn.large"] },
    },
  };
}
