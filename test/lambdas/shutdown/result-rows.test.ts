import { describe, expect, it } from "vitest";
import { ResultRows } from "../../../domain/readiness/report-writer.ts";
import { TASK_ROWS_HEADER } from "../../../domain/result/report.ts";
import { FakeResultFiles } from "../fakes/result-files.ts";
import { result } from "../items.ts";

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => result("SIN2-P1", `https://cdn.example.com/${i}`));
const SMALL = { block: 500, kept: 150 };

async function written(rows: ResultRows, count: number) {
  for (const row of rowsOf(count)) if (rows.add(row)) await rows.compress();
}

describe("the file of all results", () => {
  it("has every row in its order, however many parts are set aside on the way", async () => {
    const files = new FakeResultFiles();
    const rows = new ResultRows(files, "r1", [], SMALL);
    await written(rows, 100);
    expect(rows.parts.length).toBeGreaterThan(2);
    await rows.writeFile([result("FRA56-P4", "https://cdn.example.com/last", { ok: false })]);
    const urls = files.lines().map((line) => line.split(",")[1]);
    expect(urls).toEqual([...rowsOf(100).map(({ url }) => url), "https://cdn.example.com/last"]);
  });

  it("is set aside in parts that each have as many bytes as are kept, also the later ones", async () => {
    const files = new FakeResultFiles();
    const kept = 2_000;
    const rows = new ResultRows(files, "r1", [], { block: 500, kept });
    await written(rows, 1_000);
    const sizes = rows.parts.map((part) => files.objects.get(part)?.length ?? 0);
    expect(sizes.length).toBeGreaterThan(3);
    for (const size of sizes) expect(size).toBeGreaterThanOrEqual(kept);
  });

  it("is one object of one write where it fits into memory", async () => {
    const files = new FakeResultFiles();
    const rows = new ResultRows(files, "r1", []);
    await written(rows, 100);
    await rows.writeFile([]);
    expect([...files.objects.keys()]).toEqual(["r1/results.csv.gz"]);
    expect(files.lines()).toHaveLength(100);
  });

  it("goes on from the parts of an earlier run, with one header", async () => {
    const files = new FakeResultFiles();
    const first = new ResultRows(files, "r1", []);
    await written(first, 2);
    await first.setAside();
    const second = new ResultRows(files, "r1", [...first.parts]);
    await second.setAside();
    expect(second.parts).toEqual(first.parts);
    await written(second, 1);
    await second.writeFile([]);
    expect(files.lines()).toHaveLength(3);
    expect(files.lines().join()).not.toContain(TASK_ROWS_HEADER.trim());
  });
});
