// The files of a recount in several segments: each row stands in them once, whichever segment it came in and however it was cut.

import fc from "fast-check";
import { REPORT_FILE, RESULTS_FILE, SegmentedFile } from "../../../domain/readiness/report-writer.ts";
import { times } from "../../collect.ts";
import { FakeLists } from "../fakes/lists.ts";
import { result } from "../items.ts";

const rowOf = (i: number) =>
  result("SIN2-P1", `https://cdn.example.com/${String(i).padStart(10, "0")}`, { ok: i % 2 === 0 });
const FORMATS = [
  ["the report", REPORT_FILE, (files: FakeLists) => files.report()?.slice(1)],
  ["the file of all results", RESULTS_FILE, (files: FakeLists) => files.lines().map((line) => line.split(","))],
] as const;

describe.each(FORMATS)("%s", (_, format, rowsIn) => {
  it("has each row once and in order, over segments and over runs", async () => {
    // Rows of each run of the recount, of which each but the last ends in a checkpoint.
    const runs = fc.array(fc.nat({ max: 30 }), { minLength: 2, maxLength: 4 });
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
        expect(rowsIn(files)?.map(([, url]) => url)).toEqual(times(n, (i) => rowOf(i).url));
      }),
      { numRuns: 30 },
    );
  });
});

it("the file of all results is set aside in segments that each have as many bytes as are kept, also the later ones", async () => {
  const files = new FakeLists();
  const segment = 2_000;
  const file = new SegmentedFile(files, RESULTS_FILE, "r1", [], { block: 500, segment });
  for (let i = 0; i < 1_000; i++) await file.add(rowOf(i));
  const sizes = file.segments.map((key) => files.files.get(key)?.length ?? 0);
  expect(sizes.length).toBeGreaterThan(3);
  // A block of 500 characters is smaller when it is compressed.
  for (const size of sizes) expect(size - segment).toSatisfy((over: number) => over >= 0 && over < 500);
});

it("the file of all results is one object of one write where it fits into memory", async () => {
  const files = new FakeLists();
  const file = new SegmentedFile(files, RESULTS_FILE, "r1");
  for (let i = 0; i < 100; i++) await file.add(rowOf(i));
  await file.finish();
  expect([...files.files.keys()]).toEqual(["r1/results.csv.gz"]);
});
