// Every figure that the command prints, from counts of which no two are equal: each stands in its own column.
import { plainLine } from "../../../cli/live/plain-line.ts";
import { estimateLines } from "../../../cli/output/estimate-lines.ts";
import { statusLines } from "../../../cli/watch/status-lines.ts";
import { estimatedSchema } from "../../../client/answers.ts";
import { ESTIMATE_EXAMPLE } from "../../../domain/api/started-answer.ts";
import { progress } from "../progress.ts";

const LOOK = { width: undefined, paint: (_: unknown, text: string) => text };
const numbersOf = (line: string) =>
  [...line.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([it]) => Number(it.replaceAll(",", "")));

const COUNTS = {
  total_count: 997,
  download_count: 463,
  warm_count: 211,
  hit_count: 103,
  failed_count: 89,
  not_kept_count: 31,
};

test("a line of progress, which programs can read: each task is counted once", () => {
  expect(plainLine(progress(COUNTS))).toBe(
    "2026-11-25T11:46:15Z e059b77b IN_PROGRESS 62% tasks=463/997 warm=211 hit=103 done=60 not_kept=31 failed=58 left=334s",
  );
  // What is not known is left out.
  expect(plainLine(progress({ ...COUNTS, estimated_finish_at: null }))).not.toContain("left");
});

test("a line of the log names results that only the REC keeps, if there are any", () => {
  expect(plainLine(progress({ ...COUNTS, regional_count: 41 }))).toContain(" hit=103 regional=41 ");
  expect(plainLine(progress(COUNTS))).not.toContain("regional");
});

test("a request says which tasks wait for their next attempt, and names no missing instance", () => {
  const example = { url: "https://a.example/x/a.css", pop: "SIN2-P1", error: "HTTP 503" };
  const row = { code: "http_5xx", tasks: 1, next_attempt_by: "2026-11-25 11:47:00.000000", examples: [example] };
  const waiting = progress({ instances_at_work: 0, retrying: [row] });
  const lines = statusLines(waiting, { listed: undefined, sentence: undefined, isDirect: false }, LOOK);
  expect(lines.join("\n")).toContain(
    "Server error (5xx): 1 task waits up to 50 s for the next attempt  HTTP 503 a.css at SIN2-P1",
  );
  expect(lines.join("\n")).not.toContain("instance");
  expect(plainLine(waiting)).toContain(" retrying=1");
  expect(plainLine(progress())).not.toContain("retrying");
});

test("the percentage stands beside what it counts, and a finished request is at 100%", () => {
  const look = { listed: undefined, sentence: undefined, isDirect: false };
  const lineOf = (changes: object) => statusLines(progress(changes), look, LOOK)[1];
  expect(lineOf({})).toMatch(/ 62% {2}1\.91 of 3\.06 TB/);
  expect(lineOf({ percentage_of: "tasks" })).toMatch(/ 62% {2}1,971\/3,192 tasks/);
  expect(lineOf({ status: "FINISHED", download_count: 3_192 })).toMatch(/100% {2}3,192\/3,192 tasks/);
  expect(plainLine(progress({ status: "FINISHED" }))).toContain(" FINISHED 100% ");
});

test("a POP's row has tasks, done, warm, hit, regional, not kept and failed, in the order of its heads", () => {
  const pop = {
    ...COUNTS,
    pop: "AAA-C",
    rec: "Singapore",
    state: "IN_PROGRESS" as const,
    regional_count: 41,
    download_size: 17_000,
    transferred_bytes: 35_000,
  };
  const lines = statusLines(
    progress({ pops: [pop] }),
    { listed: undefined, sentence: undefined, isDirect: false },
    LOOK,
  );
  const [heads = "", row = ""] = lines.slice(lines.findIndex((line) => line.startsWith("POP")));
  expect(heads.split(/ {2,}/)).toEqual([
    "POP",
    "REC",
    "STATE",
    "TASKS",
    "DONE",
    "WARM",
    "HIT",
    "REGIONAL",
    "NOT KEPT",
    "FAILED",
    "BYTES",
  ]);
  expect(numbersOf(row).slice(0, 7)).toEqual([997, 463, 211, 103, 41, 31, 58]);
});

const estimateOf = (changes: object) => estimatedSchema.shape.estimate.parse({ ...ESTIMATE_EXAMPLE, ...changes });

test("an estimate has its prices and its requests to the origin", () => {
  const uncached = { urls: 3, fetches: 41, examples: ["https://www.example.com/api"] };
  const fetched = {
    expected: 977,
    size_questions: 23,
    origin_shield: ["us-west-2"],
    uncached,
  };
  const prices = {
    as_asked: { dollars: 217.6, requests: 1_960, bytes: 2.56e12 },
    downloads_1: { dollars: 108.8, requests: 1_320, bytes: 1.28e12 },
    regional: { dollars: 40.8, requests: 530, bytes: 4.8e11 },
  };
  const lines = estimateLines(
    { estimate: estimateOf({ origin_fetches: fetched, prices }), warnings: [], skipped_urls: [] },
    LOOK,
  );
  expect(lines.map(numbersOf)).toContainEqual([977, 2, 23]);
  expect(lines.map(numbersOf)).toContainEqual([218, 2.56, 1_960]);
  expect(lines.map(numbersOf)).toContainEqual([1, 109, 1.28, 1_320]);
  expect(lines.map(numbersOf)).toContainEqual([41, 480, 530]);
  expect(lines.map(numbersOf)).toContainEqual([3, 41]);
});
