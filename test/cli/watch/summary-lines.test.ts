import { expect, test } from "vitest";
import { painter } from "../../../cli/output/paint.ts";
import { summaryLines } from "../../../cli/watch/summary-lines.ts";
import { FAILURES } from "../progress.ts";

test("what went wrong, how it looks, and what to do", () => {
  const summary = {
    failures: FAILURES.slice(0, 1),
    failure_pops: ["ICN51-C1"],
    failure_urls: ["https://a/1", "https://a/2"],
    failure_urls_omitted: 7,
  };
  expect(summaryLines(summary, { width: undefined, paint: painter(false) })).toEqual([
    "× The POP did not answer: 6 tasks, 5 URLs at 4 POPs",
    "    https://www.example.com/pak-001.bin at DEL54-P2: no connection at any of its 3 addresses",
    "    Retry. If it stays with one POP, choose another POP of the same city.",
    "× 1 POP did not resolve: ICN51-C1",
    "× 9 URLs could not be read: https://a/1, https://a/2 and 7 more",
  ]);
});

test("on a terminal its lines end between words", () => {
  const lines = summaryLines(
    { failures: FAILURES.slice(0, 1), failure_pops: [], failure_urls: [], failure_urls_omitted: 0 },
    { width: 50, paint: painter(false) },
  );
  expect(lines).toEqual([
    "× The POP did not answer: 6 tasks, 5 URLs at 4 POPs",
    "    https://www.example.com/pak-001.bin at",
    "    DEL54-P2: no connection at any of its 3",
    "    addresses",
    "    Retry. If it stays with one POP, choose",
    "    another POP of the same city.",
  ]);
});
