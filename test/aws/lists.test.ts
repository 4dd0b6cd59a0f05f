import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UrlLists } from "../../aws/lists.ts";
import { ReportLinks } from "../../aws/report-links.ts";
import { collect } from "../lambdas/fakes.ts";
import { startBucket } from "./bucket.ts";

let bucket: Awaited<ReturnType<typeof startBucket>>;
let lists: UrlLists;
beforeEach(async () => {
  bucket = await startBucket();
  lists = new UrlLists(bucket.s3, "bucket");
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
    await lists.write("r1/report.csv", rows);
    expect(bucket.objects.get("r1/report.csv")?.toString()).toBe(
      '"https://cdn.example.com/a?b=1,2",10\nhttps://cdn.example.com/%E6%97%A5,\n"reset, ""by"" peer\nat once",\n日本 ü,\n',
    );
    expect(await collect(lists.read("r1/report.csv"))).toEqual(
      rows.map((row) => row.map((value) => String(value ?? ""))),
    );
  });

  it("for people has no formula in it; one for programs is as it was", async () => {
    const formulas = ['=HYPERLINK("https://evil.example")', "+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "＝1", "a=b", -1];
    await lists.write("r1/report.csv", [formulas], { forSpreadsheets: true });
    expect(parse(bucket.objects.get("r1/report.csv") ?? "")).toEqual([
      ['\'=HYPERLINK("https://evil.example")', "'+1", "'-1+1", "'@SUM(A1)", "'\tx", "'\rx", "'＝1", "a=b", "-1"],
    ]);
    await lists.write("r1/success_urls.csv", [formulas]);
    expect(await collect(lists.read("r1/success_urls.csv"))).toEqual([formulas.map(String)]);
  });

  it("may be empty", async () => {
    await lists.write("empty.csv", []);
    expect(bucket.objects.get("empty.csv")?.length).toBe(0);
    expect(await collect(lists.read("empty.csv"))).toEqual([]);
  });

  it("may be larger than one part of an upload", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => [
      `https://cdn.example.com/${"a".repeat(80)}/${i}`,
      String(i),
    ]);
    async function* later() {
      yield* rows;
    }
    await lists.write("large.csv", later());
    expect(bucket.objects.get("large.csv")?.length).toBeGreaterThan(5 * 2 ** 20);
    expect(await collect(lists.read("large.csv"))).toEqual(rows);
  });

  it.each([10, 80_000])("of which the rows break off after %i does not stand", async (n) => {
    async function* broken() {
      for (let i = 0; i < n; i++) yield [`https://cdn.example.com/${"a".repeat(80)}/${i}`];
      throw new Error("the table cannot be read");
    }
    await expect(lists.write("r1.csv", broken())).rejects.toThrow("the table cannot be read");
    // What was under way is given up.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect.poll(() => bucket.parts.size).toBe(0);
    expect(bucket.objects.size).toBe(0);
  });

  it("that cannot be written is a fault", async () => {
    bucket.faults.if = (method) => method === "PUT";
    await expect(lists.write("r1.csv", [["a"]])).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("that is not there is NoSuchKey, by which the summary knows it", async () => {
    await expect(collect(lists.read("r9.csv"))).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("is deleted, there or not", async () => {
    await lists.write("r1.csv", [["a"]]);
    await lists.delete("r1.csv");
    await lists.delete("r1.csv");
    expect(bucket.objects.size).toBe(0);
  });

  it("may be left half read", async () => {
    await lists.write("r1.csv", [["a"], ["b"], ["c"]]);
    for await (const row of lists.read("r1.csv")) {
      expect(row).toEqual(["a"]);
      break;
    }
  });
});

it("a report's link is good for ten minutes, and leads to it", async () => {
  const link = new URL(await new ReportLinks(bucket.s3, "bucket").of("r1/report.csv"));
  expect(link.pathname).toBe("/bucket/r1/report.csv");
  expect(link.searchParams.get("X-Amz-Expires")).toBe("600");
  expect(link.searchParams.get("X-Amz-Signature")).toMatch(/^[0-9a-f]{64}$/);
  await lists.write("r1/report.csv", [["pop", "url"]]);
  expect(await (await fetch(link)).text()).toBe("pop,url\n");
});
