import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Lists } from "../../aws/lists.ts";
import { startBucket } from "./bucket.ts";

let bucket: Awaited<ReturnType<typeof startBucket>>;
let files: Lists;
beforeEach(async () => {
  bucket = await startBucket();
  files = new Lists(bucket.s3, "bucket");
});
afterEach(() => bucket.close());

const text = (key: string) => gunzipSync(bucket.objects.get(key) ?? "").toString("utf8");

describe("a file that comes piece by piece", () => {
  it("is one gzip file of all its pieces, in order", async () => {
    for (const [n, piece] of ["a\n", "b\n"].entries()) await files.put(`r1/recount/${n}`, gzipSync(piece));
    await files.join("r1/results.csv.gz", ["r1/recount/0", "r1/recount/1"], gzipSync("c\n"));
    expect(text("r1/results.csv.gz")).toBe("a\nb\nc\n");
    await files.join("r1/results.csv.gz", ["r1/recount/1"], new Uint8Array());
    expect(text("r1/results.csv.gz")).toBe("b\n");
  });

  it("may have more bytes than memory takes: those of its segments are passed on", async () => {
    const segment = Buffer.from(`${"=a,".repeat(9)}\n`.repeat(300_000));
    await files.put("r1/recount/1/report.csv", segment);
    await files.join("r1/report.csv", ["r1/recount/1/report.csv"], Buffer.from("é\n"));
    expect(bucket.objects.get("r1/report.csv")?.equals(Buffer.concat([segment, Buffer.from("é\n")]))).toBe(true);
  });

  it("does not stand where a piece is missing", async () => {
    await expect(files.join("r1/results.csv.gz", ["r1/recount/gone"], new Uint8Array())).rejects.toMatchObject({
      name: "NoSuchKey",
    });
    expect(bucket.objects.has("r1/results.csv.gz")).toBe(false);
  });
});
