// The files of a recount in several parts: each row stands in them once, whichever part it came in and however it was cut.
import fc from "fast-check";
import { expect, test } from "vitest";
import { LISTS } from "../../../domain/plan/lists.ts";
import { ReportRows, ResultRows } from "../../../domain/readiness/report-writer.ts";
import { collect } from "../../collect.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeResultFiles } from "../fakes/result-files.ts";
import { result } from "../items.ts";

const rowOf = (i: number) =>
  result("SIN2-P1", `https://cdn.example.com/${String(i).padStart(10, "0")}`, { ok: i % 2 === 0 });
/** Rows of each run of the recount, of which each ends in a checkpoint. */
const runs = fc.array(fc.nat({ max: 30 }), { minLength: 2, maxLength: 4 });

test("a report has each row once and in order, over parts and over runs", async () => {
  await fc.assert(
    fc.asyncProperty(runs, fc.integer({ min: 50, max: 400 }), async (sizes, kept) => {
      const lists = new FakeLists();
      let parts: string[] = [];
      let n = 0;
      const asides: number[] = [];
      for (const [i, size] of sizes.entries()) {
        const rows = new ReportRows(lists, "r1", [...parts], kept);
        let since = 0;
        for (const end = n + size; n < end; n++) {
          since++;
          if (!rows.add(rowOf(n))) continue;
          asides.push(since);
          since = 0;
          await rows.setAside();
        }
        if (i < sizes.length - 1) await rows.setAside();
        else await rows.writeReport([rowOf(n)]);
        parts = rows.parts;
      }
      const written = await collect(lists.read(LISTS.report, "r1"));
      expect(written).toHaveLength(n + 1);
      const inFile = (lists.objects["r1/report.csv"] ?? [])
        .slice(1)
        .flatMap((row) => row.filter((it) => it.startsWith("https://")));
      expect(inFile).toEqual(Array.from({ length: n + 1 }, (_, i) => rowOf(i).url));
      // Each part holds as much as the first: what was set aside is no longer in memory.
      expect(new Set(asides).size).toBeLessThan(2);
    }),
    { numRuns: 30 },
  );
});

test("the file of all results has each row once and in order, over parts and over runs, and parts of one size", async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (sizes) => {
      const files = new FakeResultFiles();
      let parts: string[] = [];
      let n = 0;
      for (const [i, size] of sizes.entries()) {
        const rows = new ResultRows(files, "r1", [...parts], { block: 300, kept: 400 });
        for (const end = n + size; n < end; n++) if (rows.add(rowOf(n))) await rows.compress();
        if (i < sizes.length - 1) await rows.setAside();
        else await rows.writeFile([rowOf(n)]);
        parts = rows.parts;
      }
      // Without a row before, there is no part and no header yet: the last run writes it.
      expect(files.lines().map((line) => line.split(",")[1])).toEqual(
        Array.from({ length: n + 1 }, (_, i) => rowOf(i).url),
      );
    }),
    { numRuns: 30 },
  );
});

test("a part that was set aside counts no longer: the parts of a long file are of one size", async () => {
  const files = new FakeResultFiles();
  const rows = new ResultRows(files, "r1", [], { block: 500, kept: 600 });
  for (let n = 0; n < 400; n++) if (rows.add(rowOf(n))) await rows.compress();
  const sizes = rows.parts.map((part) => files.objects.get(part)?.length ?? 0);
  expect(sizes.length).toBeGreaterThan(3);
  for (const size of sizes) expect(size).toBeGreaterThanOrEqual(600);
});
