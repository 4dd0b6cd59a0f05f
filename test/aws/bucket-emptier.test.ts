import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it, vi } from "vitest";
import { emptyBucket } from "../../aws/stack-resources.ts";

interface Version {
  readonly Key: string;
  readonly VersionId: string;
  readonly marker?: boolean;
}

const PAGE = 1_000;

/** A bucket of these versions, which keeps those that it is told to, and answers in S3's pages. */
function newBucket(versions: readonly Version[], keeps: (key: string) => boolean = () => false) {
  const client = new S3Client({ region: "us-east-1" });
  let left = [...versions];
  const deleted: number[] = [];
  let refused = 0;
  vi.spyOn(client, "send").mockImplementation(async (command: unknown) => {
    if (command instanceof DeleteObjectsCommand) {
      if (refused-- > 0) throw new Error("SlowDown");
      const objects = command.input.Delete?.Objects ?? [];
      const isAsked = (it: Version) => objects.some((one) => one.Key === it.Key && one.VersionId === it.VersionId);
      const kept = left.filter((it) => isAsked(it) && keeps(it.Key));
      left = left.filter((it) => !isAsked(it) || keeps(it.Key));
      deleted.push(objects.length);
      return { Errors: kept.map(({ Key }) => ({ Key, Code: "AccessDenied", Message: "no" })) };
    }
    if (!(command instanceof ListObjectVersionsCommand)) throw new Error("unplanned");
    const page = left.slice(0, PAGE);
    return { Versions: page.filter(({ marker }) => !marker), DeleteMarkers: page.filter(({ marker }) => marker) };
  });
  return {
    empty: () => emptyBucket(client, "bucket"),
    deleted,
    left: () => left,
    refuse: (times: number) => {
      refused = times;
    },
  };
}

/** As a bucket without versions lists its objects. */
const objects = (count: number): Version[] =>
  Array.from({ length: count }, (_, i) => ({ Key: `r${i}.csv`, VersionId: "null" }));

describe("a bucket that is about to be deleted", () => {
  it("is emptied page by page", async () => {
    const { empty, deleted, left } = newBucket(objects(2_001));
    expect(await empty()).toBe(2_001);
    expect(deleted).toEqual([1_000, 1_000, 1]);
    expect(left()).toEqual([]);
  });

  it("may be empty, and may be emptied twice", async () => {
    const { empty, deleted } = newBucket(objects(1));
    expect(await empty()).toBe(1);
    expect(await empty()).toBe(0);
    expect(deleted).toEqual([1]);
  });

  it("is emptied of old versions and of what marks deleted ones, too", async () => {
    const versions = [
      { Key: "a", VersionId: "1" },
      { Key: "a", VersionId: "2" },
      { Key: "b", VersionId: "3", marker: true },
    ];
    const { empty, left } = newBucket(versions);
    expect(await empty()).toBe(3);
    expect(left()).toEqual([]);
  });

  it("is emptied to the end by a second call, where the first one was stopped", async () => {
    const { empty, left, refuse } = newBucket(objects(1_500));
    refuse(1);
    await expect(empty()).rejects.toThrow("SlowDown");
    expect(left()).toHaveLength(1_500);
    expect(await empty()).toBe(1_500);
  });

  it("that keeps an object is a fault which names it, and not an endless loop", async () => {
    const { empty } = newBucket(objects(3), (key) => key === "r1.csv");
    await expect(empty()).rejects.toThrow("S3 did not delete r1.csv: AccessDenied no");
  });
});
