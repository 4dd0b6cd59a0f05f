// The files of a recount in several segments: each row stands in them once, whichever segment it came in and however it was cut.
import fc from "fast-check";
import { expect, test } from "vitest";
import { REPORT_FILE, RESULTS_FILE, SegmentedFile } from "../../../domain/readiness/report-writer.ts";
import { FakeLists } from "../fakes/lists.ts";
import { result } from "../items.ts";

const rowOf = (i: number) =>
  result("SIN2-P1", `https://cdn.example.com/${String(i).padStart(10, "0")}`, { ok: i % 2 === 0 });
/** Rows of each run of the recount, of which each ends in a checkpoint. */
const runs = fc.array(fc.nat({ max: 30 }), { minLength: 2, maxLength: 4 });

const urlsIn = {
  report: (files: FakeLists) =>
    files
      .report()
      ?.slice(1)
      .map(([, url]) => url),
  results: (files: FakeLists) => files.lines().map((line) => line.split(",")[1]),
};

test.each([
  ["the report", REPORT_FILE, urlsIn.report],
  ["the file of all results", RESULTS_FILE, urlsIn.results],
])("%s has each row once and in order, over segments and over runs", async (_, format, urls) => {
  await fc.assert(
    fc.asyncProperty(runs, async (sizes) => {
      const files = new FakeLists();
      let segments: string[] = [];
      let n = 0;
      for (const [i, size] of sizes.entries()) {
        const file = new SegmentedFile(files, format, "r1", [...segments], { block: 300, segment: 400 });
        for (const end = n + size; n < end; n++) await file.add(rowOf(n));
        if (i < sizes.length - 1) await file.setAside();
        else await file.finish();
        segments = file.segments;
      }
      // Without a row before, there is no segment and no header yet: the last run writes it.
      expect(urls(files)).toEqual(Array.from({ length: n }, (_, i) => rowOf(i).url));
    }),
    { numRuns: 30 },
  );
});
