import { describe, expect, it } from "vitest";
import { RESULTS_FILE, SegmentedFile } from "../../../domain/readiness/report-writer.ts";
import { TASK_ROWS_HEADER } from "../../task-rows.ts";
import { FakeLists } from "../fakes/lists.ts";
import { result } from "../items.ts";

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => result("SIN2-P1", `https://cdn.example.com/${i}`));
const SMALL = 500;

async function written(file: SegmentedFile, count: number) {
  for (const row of rowsOf(count)) await file.add(row);
}

describe("the file of all results", () => {
  it("has every row in its order, however many segments are set aside on the way", async () => {
    const files = new FakeLists();
    const file = new SegmentedFile(files, RESULTS_FILE, "r1", [], SMALL);
    await written(file, 100);
    expect(file.segments.length).toBeGreaterThan(2);
    await file.add(result("FRA56-P4", "https://cdn.example.com/last", { ok: false }));
    await file.finish();
    const urls = files.lines().map((line) => line.split(",")[1]);
    expect(urls).toEqual([...rowsOf(100).map(({ url }) => url), "https://cdn.example.com/last"]);
  });

  it("is one object of one write where it fits into memory", async () => {
    const files = new FakeLists();
    const file = new SegmentedFile(files, RESULTS_FILE, "r1");
    await written(file, 100);
    await file.finish();
    expect([...files.files.keys()]).toEqual(["r1/results.csv.gz"]);
    expect(files.lines()).toHaveLength(100);
  });

  it("goes on from the segments of an earlier run, with one header", async () => {
    const files = new FakeLists();
    const first = new SegmentedFile(files, RESULTS_FILE, "r1");
    await written(first, 2);
    await first.setAside();
    const second = new SegmentedFile(files, RESULTS_FILE, "r1", [...first.segments]);
    await second.setAside();
    expect(second.segments).toEqual(first.segments);
    await written(second, 1);
    await second.finish();
    expect(files.lines()).toHaveLength(3);
    expect(files.lines().join()).not.toContain(TASK_ROWS_HEADER.trim());
  });
});
