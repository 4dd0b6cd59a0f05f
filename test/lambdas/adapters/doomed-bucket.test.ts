import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it, vi } from "vitest";
import { DoomedBucket } from "../../../lambdas/adapters/doomed-bucket.ts";

/** A bucket of these pages of keys, whose deletions are answered in turn. */
function newBucket(pages: readonly string[][], errors: readonly object[][] = []) {
  const client = new S3Client({ region: "us-east-1" });
  const deleted: string[][] = [];
  vi.spyOn(client, "send").mockImplementation(async (command) => {
    const { input } = command;
    if (command.constructor.name === "DeleteObjectsCommand") {
      const { Delete } = input as { Delete: { Objects: { Key: string }[] } };
      const n = deleted.push(Delete.Objects.map(({ Key }) => Key));
      return { Errors: errors[n - 1] };
    }
    const page = Number((input as { ContinuationToken?: string }).ContinuationToken ?? 0);
    const Contents = pages[page]?.map((Key) => ({ Key }));
    return { Contents, ...(page + 1 < pages.length ? { NextContinuationToken: String(page + 1) } : {}) };
  });
  return { bucket: new DoomedBucket(client, "bucket"), deleted };
}

describe("a bucket that is about to be deleted", () => {
  it("is emptied page by page", async () => {
    const { bucket, deleted } = newBucket([["r1.csv", "r1/report.csv"], ["r2.csv"]]);
    expect(await bucket.empty()).toBe(3);
    expect(deleted).toEqual([["r1.csv", "r1/report.csv"], ["r2.csv"]]);
  });

  it("may be empty", async () => {
    const { bucket, deleted } = newBucket([]);
    expect(await bucket.empty()).toBe(0);
    expect(deleted).toEqual([]);
  });

  it("that keeps an object is a fault which names it", async () => {
    const { bucket } = newBucket([["a", "b"]], [[{ Key: "b", Code: "AccessDenied", Message: "no" }]]);
    await expect(bucket.empty()).rejects.toThrow("b stays: AccessDenied no");
  });
});
