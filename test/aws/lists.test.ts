import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Lists } from "../../aws/lists.ts";
import type { CsvValue } from "../../domain/csv.ts";
import { LISTS, type WritableList } from "../../domain/plan/lists.ts";
import { UnreadableRowError } from "../../domain/plan/task.ts";
import { REPORT_FILE, SegmentedFile } from "../../domain/readiness/report-writer.ts";
import { collect } from "../collect.ts";
import { eventually, useVirtualClock } from "../virtual-clock.ts";
import { startBucket } from "./bucket.ts";

useVirtualClock({ idleMs: 2 });

/** A list of rows as they are. */
const at = (key: string): WritableList<readonly CsvValue[]> => ({
  key: () => key,
  toRow: (row) => row,
  fromRow: (row) => row,
});

let bucket: Awaited<ReturnType<typeof startBucket>>;
let lists: Lists;
beforeEach(async () => {
  bucket = await startBucket();
  lists = new Lists(bucket.s3, "bucket");
  return () => bucket.close();
});
afterEach(() => expect(bucket.parts.size).toBe(0));

describe("a list in the bucket", () => {
  it("is CSV, and comes back as it went", async () => {
    const rows = [
      ["https://cdn.example.com/a?b=1,2", 10],
      ["https://cdn.example.com/%E6%97%A5", null],
      ['reset, "by" peer\nat once', undefined],
      ["日本 ü", ""],
    ];
    await lists.write(at("r1/report.csv"), "r1", rows);
    expect(bucket.objects.get("r1/report.csv")?.toString()).toBe(
      '"https://cdn.example.com/a?b=1,2",10\nhttps://cdn.example.com/%E6%97%A5,\n"reset, ""by"" peer\nat once",\n日本 ü,\n',
    );
    expect(await collect(lists.read(at("r1/report.csv"), "r1"))).toEqual(
      rows.map((row) => row.map((value) => String(value ?? ""))),
    );
  });

  it.each([
    ["a row with more fields than the others", "https://a/,1\nhttps://b/,2,3\n"],
    ["a quote that does not end", 'https://a/,1\n"https://b/,2\n'],
  ])("that has %s is not read further", async (_, text) => {
    bucket.objects.set("r1/success_urls.csv", Buffer.from(text));
    await expect(collect(lists.read(LISTS.goodUrls, "r1"))).rejects.toThrow(UnreadableRowError);
  });

  it("has no formula in it, and is read back as it went", async () => {
    const texts = [
      '=HYPERLINK("https://evil.example")',
      "https://a.example/;=cmd|' /C calc'!A1",
      "a;-1",
      "\tx",
      "a\r=1",
    ];
    await lists.write(at("r1/failed_urls.csv"), "r1", [[...texts, -1]]);
    expect(parse(bucket.objects.get("r1/failed_urls.csv") ?? "")).toEqual([
      [
        `'=HYPERLINK("https://evil.example")`,
        "https://a.example/;'=cmd|' /C calc'!A1",
        "a;'-1",
        "'\tx",
        "a\r'=1",
        "-1",
      ],
    ]);
    expect(await collect(lists.read(at("r1/failed_urls.csv"), "r1"))).toEqual([[...texts, "-1"]]);
  });

  it("may have a first line with the names of its columns, which is no entry", async () => {
    bucket.objects.set("r1/report.csv", Buffer.from("pop,url\nSIN2-P1,https://a.example/\n"));
    const read = lists.read({ ...at("r1/report.csv"), hasHeader: true }, "r1");
    expect(await collect(read)).toEqual([["SIN2-P1", "https://a.example/"]]);
  });

  it("stands under the key of its request", async () => {
    await lists.write(LISTS.failedUrls, "r7", [{ url: "https://a.example/", problem: "HTTP 403" }]);
    expect([...bucket.objects.keys()]).toEqual(["r7/failed_urls.csv"]);
    expect(await collect(lists.read(LISTS.failedUrls, "r7"))).toEqual([
      { url: "https://a.example/", problem: "HTTP 403" },
    ]);
  });

  it("of failed tasks is read back without its first line and what keeps it from spreadsheets", async () => {
    const failed = { pop: "SIN2-P1", url: 'https://a.example/,";=1', ok: false, bytes: 0, attempts: 1, error: "=1\n2" };
    const report = new SegmentedFile(lists, REPORT_FILE, "r9");
    for (const row of [failed, { ...failed, variant: "-gzip" }]) await report.add(row);
    await report.finish();
    const task = { pop: failed.pop, url: failed.url };
    expect(await collect(lists.read(LISTS.report, "r9"))).toEqual([task, { ...task, variant: "-gzip" }]);
    await new SegmentedFile(lists, REPORT_FILE, "r10").finish();
    expect(await collect(lists.read(LISTS.report, "r10"))).toEqual([]);
  });

  it("may be empty", async () => {
    await lists.write(at("empty.csv"), "r1", []);
    expect(bucket.objects.get("empty.csv")?.length).toBe(0);
    expect(await collect(lists.read(at("empty.csv"), "r1"))).toEqual([]);
  });

  it("may be larger than one part of an upload", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => [
      `https://cdn.example.com/${"a".repeat(80)}/${i}`,
      String(i),
    ]);
    async function* later() {
      yield* rows;
    }
    await lists.write(at("large.csv"), "r1", later());
    expect(bucket.objects.get("large.csv")?.length).toBeGreaterThan(5 * 2 ** 20);
    expect(await collect(lists.read(at("large.csv"), "r1"))).toEqual(rows);
  });

  it.each([10, 80_000])("of which the rows break off after %i does not stand", async (n) => {
    async function* broken() {
      for (let i = 0; i < n; i++) yield [`https://cdn.example.com/${"a".repeat(80)}/${i}`];
      throw new Error("the table cannot be read");
    }
    await expect(lists.write(at("r1.csv"), "r1", broken())).rejects.toThrow("the table cannot be read");
    // What was under way is given up.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await eventually(() => bucket.parts.size).toBe(0);
    expect(bucket.objects.size).toBe(0);
  });

  it("that cannot be written is a fault", async () => {
    bucket.faults.if = (method) => method === "PUT";
    await expect(lists.write(at("r1.csv"), "r1", [["a"]])).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("that is not there is NoSuchKey, by which the summary knows it", async () => {
    await expect(collect(lists.read(at("r9.csv"), "r1"))).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("is deleted, there or not", async () => {
    await lists.write(at("r1.csv"), "r1", [["a"]]);
    await lists.delete(at("r1.csv"), "r1");
    await lists.delete(at("r1.csv"), "r1");
    expect(bucket.objects.size).toBe(0);
  });

  it("may be left half read", async () => {
    await lists.write(at("r1.csv"), "r1", [["a"], ["b"], ["c"]]);
    for await (const row of lists.read(at("r1.csv"), "r1")) {
      expect(row).toEqual(["a"]);
      break;
    }
  });

  it("that is left half read lets go of its connection", async () => {
    bucket.objects.set("r1.csv", Buffer.from(`${"a".repeat(1_000)}\n`.repeat(20_000)));
    for await (const _ of lists.read(at("r1.csv"), "r1")) {
      // Too large for the buffers in between: S3 has not sent all of it.
      expect(bucket.unread.size).toBe(1);
      break;
    }
    await eventually(() => bucket.unread.size).toBe(0);
  });
});

it("a report's link is good for ten minutes, and leads to it", async () => {
  const link = new URL(await new Lists(bucket.s3, "bucket").link("r1/report.csv", "prewarm-r1.csv"));
  expect(link.pathname).toBe("/bucket/r1/report.csv");
  expect(link.searchParams.get("X-Amz-Expires")).toBe("600");
  expect(link.searchParams.get("response-content-disposition")).toBe('attachment; filename="prewarm-r1.csv"');
  expect(link.searchParams.get("X-Amz-Signature")).toMatch(/^[0-9a-f]{64}$/);
  await lists.write(at("r1/report.csv"), "r1", [["pop", "url"]]);
  expect(await (await fetch(link)).text()).toBe("pop,url\n");
});
