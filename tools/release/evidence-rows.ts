import { readdirSync, readFileSync } from "node:fs";
import { type Answer, answersOf, type Question } from "../../cli/doctor/edge/answers.ts";
import { linesOf } from "../../cli/doctor/edge/record.ts";
import { table } from "../markdown-table.ts";
import { ROOT } from "../root.ts";

const FOLDER = `${ROOT}docs/evidence/`;
const SAVE = "[`--save`](operations.md#evidence-of-the-edge)";

/** Assumption about the edge, how to verify it, and the question whose answer dates it. */
type Row = readonly [untested: string, verify: string, question?: Question];

const ROWS: readonly Row[] = [
  ["`<label>.<POP>.cloudfront.net` resolves: nothing can be warmed without it", SAVE, "names"],
  ["It resolves from Lambda's network too", "step 5; `failure_pops` of step 6"],
  [
    "Which codes of the catalogue still exist, and which are missing",
    "step 5, without `--pops`; `prewarm pops --discover`",
  ],
  ["A POP answers for any distribution, by SNI and `Host`", SAVE, "responses"],
  ["A POP keeps an object of 10 KB on its second GET", SAVE, "admission_10_kb"],
  ["A POP keeps an object of 256 KiB on its second GET", SAVE, "admission_256_kib"],
  ["A POP keeps an object of 20 MB on its second GET", SAVE, "admission_20_mb"],
  ["A one-byte range does not count as one of these GETs", SAVE, "ranges"],
  ["An aborted GET does not count as one of these GETs", SAVE, "aborted"],
  ["A HEAD does not count as one of these GETs", SAVE, "heads"],
  ["The addresses of a POP share their state", SAVE, "addresses"],
  ["The catalogue's map of POPs to RECs", SAVE, "rec"],
  ["Two POPs under one REC cost the origin one fetch", "the origin's log during a request with several POPs"],
  [
    "[Devices](concepts.md#devices): `CloudFront-Is-Mobile-Viewer` follows `User-Agent`",
    "a request with that recipe, then `curl` with a phone's `User-Agent`",
  ],
  [
    "Of [`br,gzip` and `gzip`](concepts.md#compression), the form that is cached first remains",
    "a request with the variants in the wrong order, and its warnings",
  ],
  [
    "After warming with the default `Accept-Encoding`, a browser gets a hit",
    "step 6, then the `curl` with `--compressed`",
  ],
  [
    "Invalidation: quota, duration, accepted paths",
    'a request with `"need_invalidate":true`; CloudFront, _Invalidations_',
  ],
  [
    "How AWS WAF, rate limits and geographic restrictions treat a few busy addresses",
    "`WAF_CHALLENGE`, `HTTP 403` or `429` in the report",
  ],
  ["POPs in China (`.cloudfront.cn`)", "step 5 with a distribution there"],
];

/** Answer with the file that has it. */
interface Dated extends Answer {
  readonly file: string;
  readonly takenAt: string;
}

/**
 * Makes the table of assumptions about the edge. A row is dated by the newest file of evidence that answers its question.
 * @throws Error for a file that is no evidence of CloudFront
 */
export function edgeRows(folder = FOLDER): string {
  const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
  const answers = files.flatMap((file) => answersIn(file, readFileSync(folder + file, "utf8")));
  const newestFirst = answers.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
  const rows = ROWS.map(([untested, verify, question]) => {
    const answer = newestFirst.find((it) => it.question === question);
    return [untested, verify, answer === undefined ? "Untried" : cellOf(answer)];
  });
  return table(["Assumption", "How to verify it", "Seen"], rows);
}

function answersIn(file: string, text: string): Dated[] {
  const lines = linesOf(file, text);
  const [run] = lines;
  if (run?.type !== "run" || run.edge !== "CloudFront") throw new Error(`${file} is no evidence of CloudFront`);
  const answers = answersOf(lines).filter(({ isAnswered }) => isAnswered);
  return answers.map((answer) => ({ ...answer, file, takenAt: run.taken_at }));
}

function cellOf({ file, takenAt, says }: Dated): string {
  return `[${takenAt.slice(0, 10)}](evidence/${encodeURIComponent(file)}): ${says}`;
}
