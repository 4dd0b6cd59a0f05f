// Provides a report, as small or as large as a test wants it.

import { type Report, readReport } from "../../../console/report/report.ts";
import { failureReasons } from "../../../domain/result/failure.ts";
import { times } from "../../collect.ts";
import { distinctSummary, endedRequest } from "../distinct-request.ts";
import { popRows, somePops } from "../pop-rows.ts";

/** What it is besides {@link endedRequest}. */
const ENDED = {
  pop_count: 2,
  total_count: 16_814,
  download_count: 16_814,
  verify: "edge",
  downloads: "auto",
  scope: "pop",
  variant_names: ["br"],
  warnings: [],
  failures: undefined,
};

export function failure(code: string, examples: readonly object[] = [], tasks = 7) {
  return { code, tasks, pops: 4, urls: 6, examples };
}

/** Input failures: four URLs that could not be read, and a POP that did not resolve. */
export const WITHOUT_TASKS = [
  {
    ...failure("http_4xx", [{ url: "https://www.example.com/gone.css", error: "HTTP 404" }], 0),
    subject: "url",
    pops: 0,
    urls: 4,
  },
  { ...failure("name_not_found", [{ pop: "FCO50-C1" }], 0), subject: "pop", pops: 1, urls: null },
];

/** What is given takes the place of what there is. */
export function madeUpReport(progress: object = {}, summary: object = {}, rest: Partial<Report> = {}): Report {
  const pops = popRows(
    somePops(2).map((pop) => ({ pop, done: 1, notKept: 7, failed: 150 })),
    8_407,
  );
  const failures = [failure("http_4xx", [{ url: "https://www.example.com/a", pop: "SIN2-P1", error: "HTTP 403" }])];
  return {
    ...readReport({ ...endedRequest(), ...ENDED, pops, ...progress }, { ...distinctSummary(), failures, ...summary }),
    ...rest,
  };
}

/** 400 POPs: the catalogue has fewer whose REC is known. */
const codes = times(400, (index) => somePops(400)[index] ?? `XXX${index}-P1`);

/** Each of 400 POPs with something to look at. */
export function manyPops(): object {
  const rows = codes.map((pop, index) => ({ pop, done: 1, failed: 1 + (index % 5), notKept: index % 3 }));
  return { pops: popRows(rows, 60_000), pop_count: codes.length };
}

/** As much as the API may say: every POP has failures, for every reason, with URLs of any length. */
export function largestReport(rest: Partial<Report> = {}): Report {
  const long = `https://www.example.com/${"x".repeat(8_000)}`;
  const example = { url: long, variant: "desktop-zh", pop: "SIN2-P1", error: long };
  const failures = failureReasons.map((code) => failure(code, [example, example, example], 4_000_000));
  const warnings = times(12, (i) => ({
    code: `w${i}`,
    count: 60_000,
    message: long,
    examples: [long, long, long],
  }));
  return madeUpReport(
    {
      ...manyPops(),
      warnings,
      failed_count: 4_000_000,
      url_prefix: long,
      variant_names: Array(8).fill(long),
      status: "FAILED",
      reason: long.repeat(12),
    },
    { failures, failure_urls: Array(500).fill(long), failure_pops: codes },
    rest,
  );
}
