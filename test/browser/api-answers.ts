// What the API answers to the console in the tests of its views, a scene at a time.

import * as z from "zod";
import { recOf } from "../../domain/pops/sites.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { times } from "../collect.ts";
import { distinctRequest, distinctSummary, endedRequest } from "../console/distinct-request.ts";
import { type PopDone, popRows, somePops } from "../console/pop-rows.ts";
import { readiness } from "../readiness.ts";
import { catalogue, estimate, REFUSED_FORM, refusedBySettings, warnedOf } from "./form-answers.ts";
import type { Answer } from "./page-server.ts";
import { PATCH_POPS } from "./patch-pops.ts";

/** A request that is under way, with trouble at two of its POPs. */
export const RUNNING_ID = "e059b77b-e427-4489-a50b-4d8c652f114c";
/** A request that has ended, and is not ready. */
export const NOT_READY_ID = "3f9c2a71-0000-4000-8000-000000000001";

type Answers = (route: string, query: URLSearchParams) => Answer;
type Fields = Readonly<Record<string, unknown>>;

const MINUTE = 60_000;
const at = (minutes: number) => formatTimestamp(Date.now() + minutes * MINUTE);

/** When a request began and last had a result, in minutes before now. */
const momentsOf = (began: number, lastUpdate: number) => ({
  created_at: at(-began),
  last_update_time: at(-lastUpdate),
  timeout_at: at(60 - began),
  timestamp: at(0),
});

const running = () => ({
  ...distinctRequest(),
  ...momentsOf(14, 0),
  request_id: RUNNING_ID,
  url_prefix: "https://www.example.com/patch/4.2.0/",
  pop_count: PATCH_POPS.length,
  estimated_finish_at: at(5.6),
  origin: { requests_per_second: 40 },
});

const LATE = { percentage_complete: 22, bytes_per_second: 1.9e6 };

const READINESS = readiness({
  cold_objects: 11,
  cold_recs: ["Mumbai", "Singapore", "Seoul", "Tokyo"],
  lacking_pops: 1,
  lacking_examples: ["BOM54-P2"],
  unresolved_pops: 1,
  unresolved_examples: ["FCO50-C1"],
  exceptions: 4,
});

/** 8,407 URLs at 40 POPs. */
const notReady = () => ({
  ...endedRequest({ total_count: 336_280, download_count: 336_280, warm_count: 335_744, hit_count: 0 }),
  percentage_complete: 100,
  download_size: distinctRequest().total_size,
  ...momentsOf(58, 34),
  request_id: NOT_READY_ID,
  pop_count: 40,
  url_prefix: "https://www.example.com/premiere/s3e1/master.m3u8",
  failed_count: 536,
  not_kept_count: 280,
  readiness: READINESS,
  failures: ENDED_FAILURES,
});

type Ended = readonly [
  id: string,
  prefix: string,
  minutes: readonly [began: number, ended: number],
  tasks: number,
  bytes: number,
  donePercent: number,
  fields?: Fields,
];

const FAILED = { status: "FAILED", verdict: undefined, reason: "No URL can be read: all 31 answer 403" };
const ENDED: readonly Ended[] = [
  [
    "c81e02d5-1",
    "www.example.com/launch-trailer/manifest.mpd",
    [290, 230],
    28_896,
    1_160e9,
    88,
    { status: "TIMEOUT", verdict: "not_ready" },
  ],
  ["90b7f3a8-1", "www.example.com/sitemap.xml", [306, 300], 143_904, 21.4e9, 100],
  [
    "1a44de90-1",
    "www.example.com/assets/",
    [1_262, 1_260],
    25_864,
    9.7e9,
    100,
    { verdict: "ready_with_exceptions", warm_count: 25_440, failed_count: 424 },
  ],
  [
    "5be2210c-1",
    "www.example.com/patch/4.1.9-hotfix/",
    [1_449, 1_440],
    2_154,
    690e9,
    100,
    { warm_count: 0, hit_count: 2_154 },
  ],
  [
    "0c93a7f1-1",
    "d111111abcdef8.cloudfront.net/img/",
    [1_511, 1_500],
    72_820,
    101e9,
    41,
    { status: "STOPPED", verdict: undefined },
  ],
  ["b2d8e6f4-1", "www.example.com/promo/2026-11/", [1_561, 1_560], 0, 0, 0, FAILED],
];

/** Requests that have ended as each may. Unless it says otherwise, what is done is warm. */
const others = () =>
  ENDED.map(([request_id, prefix, minutes, tasks, bytes, percent, fields]) => {
    const done = Math.floor((tasks * percent) / 100);
    return {
      ...momentsOf(...minutes),
      request_id,
      url_prefix: `https://${prefix}`,
      url_count: 1_204,
      status: "FINISHED",
      verdict: "ready",
      total_count: tasks,
      download_count: done,
      warm_count: done,
      total_size: bytes,
      download_size: (bytes * percent) / 100,
      percentage_complete: percent,
      ...fields,
    };
  });

type FailureRow = readonly [
  code: string,
  counts: readonly [tasks: number, pops: number, urls: number | null],
  example: readonly [pop: string, error: string],
  ...paths: readonly string[],
];

/** Groups of failures. */
const failures = (rows: readonly FailureRow[]) =>
  rows.map(([code, [tasks, pops, urls], [pop, error], ...paths]) => {
    const examples = paths.map((path) => ({ url: `https://www.example.com/${path}`, pop, error }));
    return { code, subject: "task" as const, tasks, pops, urls, examples };
  });

const ENDED_FAILURES = failures([
  [
    "not_kept",
    [280, 40, 7],
    ["SIN2-P1", "Cache-Control: no-store"],
    ...["premiere/s3e1/master.m3u8", "premiere/s3e1/video/1080p.m3u8", "premiere/s3e1/video/720p.m3u8"],
  ],
  ["http_4xx", [160, 40, 4], ["SIN2-P1", "HTTP 403"], "premiere/s3e1/audio/zh/init.mp4"],
  ["timeout", [96, 1, 96], ["BOM54-P2", "no answer in 30 s"], "premiere/s3e1/video/1080p/seg-0412.m4s"],
]);

const RUNNING_POPS = PATCH_POPS.map((pop, index) => ({
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

/** What the API answers in each scene. `usual` has all that the views show. */
export const SCENES = {
  usual,
  empty: (route, query) =>
    route === "GET requests" ? { body: { timestamp: at(0), requests: [], next: null } } : usual(route, query),
  refused: (route) =>
    route === "GET settings"
      ? settings()
      : { status: 500, body: { error_message: "Internal error; the log has it under 1-6a1f" } },
  wrong: (route, query) => (route === "POST prewarm" ? REFUSED_FORM : usual(route, query)),
  unfit: (route, query) => (route === "POST prewarm" ? refusedBySettings() : usual(route, query)),
  warned: (route, query) => (route === "POST prewarm" ? warnedOf() : usual(route, query)),
  unknown: (route, query) =>
    route === "GET prewarm"
      ? { status: 404, body: { error_message: `req_id: there is no request '${query.get("req_id")}'` } }
      : usual(route, query),
  lost: () => undefined,
} satisfies Readonly<Record<string, Answers>>;

function usual(route: string, query: URLSearchParams): Answer {
  const [id, detail] = [query.get("req_id") ?? "", query.get("detail") ?? ""];
  switch (route) {
    case "GET requests":
      return query.has("next")
        ? { body: { timestamp: at(0), requests: [], next: null } }
        : { body: { timestamp: at(0), requests: [running(), notReady(), ...others()], next: "more" } };
    case "GET prewarm":
      if (detail === "sent") return { body: { ...progress(id), sent: sent(progress(id)) } };
      return { body: progress(id) };
    case "GET summary":
      return { body: summary(id) };
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

function progress(id: string): Fields {
  const ended = (pops: readonly PopDone[]) => ({ ...notReady(), request_id: id, pops: popRows(pops, 8_407) });
  switch (id) {
    case "many":
      return { ...running(), url_count: 60_000, pop_count: MANY.length, request_id: id, pops: popRows(MANY, 60_000) };
    case "late":
      // A tenth of the speed that the timeout needs.
      return { ...running(), ...LATE, estimated_finish_at: at(132), request_id: id, pops: popRows(RUNNING_POPS, 84) };
    case "left-out": {
      const readiness = { ...READINESS, cold_objects: 0, cold_recs: [], exceptions: 1 };
      const counts = { failed_count: 0, not_kept_count: 0, warm_count: 336_280 };
      const pops = ENDED_POPS.map((pop) => ({ pop, done: 1 }));
      return { ...ended(pops), ...counts, verdict: "ready_with_exceptions", readiness, failures: [] };
    }
    case "many-ended": {
      const pops = somePops(400).map((pop) => ({ pop, done: 1, failed: recOf(pop) === "Seoul" ? 4 : 0 }));
      return { ...ended(pops), pop_count: pops.length };
    }
    case NOT_READY_ID:
      return ended(ENDED_POPS.map((pop) => ({ pop, done: 1, notKept: 7, failed: pop === "BOM54-P2" ? 100 : 4 })));
  }
  const other = others().find(({ request_id }) => request_id === id);
  if (other === undefined) return { ...running(), pops: popRows(RUNNING_POPS, 84) };
  const { total_count: tasks, download_count } = other;
  const rows = popRows(
    somePops(tasks === 0 ? 0 : 12).map((pop) => ({ pop, done: download_count / tasks })),
    Math.floor(tasks / 12),
  );
  const pops = rows.map((row) => (row.state === "DONE" ? row : { ...row, state: "UNFINISHED" }));
  return { ...other, pop_count: 12, pops, failures: [] };
}

/** What a request of so many URLs was sent with, at its POPs. */
function sent({ url_count, url_prefix, pops }: Fields) {
  const url_list = times(Number(url_count), (i) => `${url_prefix}${i === 0 ? "" : `segment-${i}.m4s`}`);
  const codes = z
    .array(z.object({ pop: z.string() }))
    .parse(pops)
    .map(({ pop }) => pop);
  return {
    body: {
      url_list,
      target_type: "pop",
      pops: codes,
      timeout: 60,
      instance_count: 20,
      verify: "off",
      downloads: "auto",
      scope: "pop",
    },
    variant_names: [],
    header_count: 0,
    urls_omitted: 0,
  };
}

function summary(id: string): Fields {
  const isReady = id !== NOT_READY_ID && id !== "many-ended";
  const failure_pops = isReady && id !== "left-out" ? [] : ["FCO50-C1"];
  const failures = isReady ? [] : ENDED_FAILURES;
  return distinctSummary({ request_id: id, failure_pops, failure_urls: [], failure_urls_omitted: 0, failures });
}

function settings(): Answer {
  const caps = [
    ["maxInstances", 20, "instances", "Instances at most, whatever a request asks for"],
    ["maxRequestBytes", 10e12, "bytes", "Bytes that one request may download"],
  ].map(([parameter, value, unit, bounds]) => ({ parameter, value, unit, bounds }));
  return {
    body: {
      env_name: "prod",
      region: "ap-southeast-1",
      version: "0.1.0",
      caps,
      distributions: { parameter: "distributions", allowed: ["*"] },
      instances: { types: ["c7gn.large", "c6g.large"] },
    },
  };
}
