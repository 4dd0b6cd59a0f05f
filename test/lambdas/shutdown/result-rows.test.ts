import { describe, expect, it } from "vitest";
import { RESULTS_FILE, SegmentedFile } from "../../../domain/readiness/report-writer.ts";
import { TASK_ROWS_HEADER } from "../../task-rows.ts";
import { FakeLists } from "../fakes/lists.ts";
import { result } from "../items.ts";

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => result("SIN2-P1", `https://cdn.example.com/${i}`));
const SMALL = { block: 500, segment: 150 };

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

  it("is set aside in segments that each have as many bytes as are kept, also the later ones", async () => {
    const files = new FakeLists();
    const segment = 2_000;
    const file = new SegmentedFile(files, RESULTS_FILE, "r1", [], { block: 500, segment });
    await written(file, 1_000);
    const sizes = file.segments.map((key) => files.files.get(key)?.length ?? 0);
    expect(sizes.length).toBeGreaterThan(3);
    // A block of 500 characters is smaller when it is compressed.
    for (const size of sizes) expect(size - segment).toSatisfy((over: number) => over >= 0 && over < 500);
  });

  it("is encoded a million characters at a time, and set aside eight million bytes at a time", async () => {
    const files = new FakeLists();
    const blocks: number[] = [];
    // Rows that compress to as many bytes as they have characters.
    const encode = async (text: string) => {
      blocks.push(text.length);
      return Buffer.from(text);
    };
    const file = new SegmentedFile(files, { ...RESULTS_FILE, encode }, "r1");
    const row = result("SIN2-P1", `https://cdn.example.com/${"x".repeat(9_900)}`);
    for (let i = 0; i < 1_300; i++) await file.add(row);
    expect(Math.min(...blocks)).toBeGreaterThanOrEqual(1_000_000);
    expect(Math.max(...blocks)).toBeLessThan(1_010_000);
    expect([...files.files.values()].map(({ length }) => Math.floor(length / 1_000_000))).toEqual([8]);
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
