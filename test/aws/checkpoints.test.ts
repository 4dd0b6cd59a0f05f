import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Lists } from "../../aws/lists.ts";
import { RECOUNT_CHECKPOINT } from "../../domain/readiness/recount.ts";
import { count } from "../lambdas/items.ts";
import { startBucket } from "./bucket.ts";

const KEY = "r1/recount/checkpoint.json.gz";
const CHECKPOINT = {
  state: "IN_PROGRESS/80/40/0/in time",
  at: 1_713_237_113_531,
  shards: 16,
  bits: "010203",
  good: "010200",
  parts: ["r1/recount/x.csv"],
  results: ["r1/recount/x.csv.gz"],
  unfinished: 7,
  failures: [
    {
      subject: "task" as const,
      code: "http_4xx" as const,
      tasks: 2,
      urls: "01",
      pops: "02",
      examples: [{ url: "https://a.example/", pop: "SIN2-P1", error: "HTTP 403", http_status: 403 }],
    },
  ],
  count: count(3, 30, 1),
};

let bucket: Awaited<ReturnType<typeof startBucket>>;
let lists: Lists;
beforeEach(async () => {
  bucket = await startBucket();
  lists = new Lists(bucket.s3, "bucket");
});
afterEach(() => bucket.close());

describe("a checkpoint of a recount", () => {
  it("comes back as it went, and is small", async () => {
    await lists.writeCheckpoint(RECOUNT_CHECKPOINT, "r1", {
      ...CHECKPOINT,
      bits: Buffer.alloc(3_000_000, 255).toString("hex"),
    });
    expect(bucket.objects.get(KEY)?.length).toBeLessThan(30_000);
    await lists.writeCheckpoint(RECOUNT_CHECKPOINT, "r1", CHECKPOINT);
    expect(await lists.readCheckpoint(RECOUNT_CHECKPOINT, "r1")).toEqual(CHECKPOINT);
  });

  it("is gone when it is deleted, there or not", async () => {
    await lists.writeCheckpoint(RECOUNT_CHECKPOINT, "r1", CHECKPOINT);
    await lists.delete(RECOUNT_CHECKPOINT, "r1");
    await lists.delete(RECOUNT_CHECKPOINT, "r1");
    expect(await lists.readCheckpoint(RECOUNT_CHECKPOINT, "r1")).toBeUndefined();
  });

  it.each([
    ["is not compressed", Buffer.from("{}")],
    ["is truncated", gzipSync("{}").subarray(0, 15)],
    ["is empty", Buffer.alloc(0)],
    ["is no JSON", gzipSync("{")],
    ["is of another version", gzipSync(JSON.stringify({ ...CHECKPOINT, shards: -1 }))],
  ])("that %s counts as none: the recount begins anew", async (_, stored) => {
    bucket.objects.set(KEY, stored);
    expect(await lists.readCheckpoint(RECOUNT_CHECKPOINT, "r1")).toBeUndefined();
  });

  it("that S3 does not give now is a fault", async () => {
    bucket.faults.if = (method) => method === "GET";
    await expect(lists.readCheckpoint(RECOUNT_CHECKPOINT, "r1")).rejects.toMatchObject({ name: "AccessDenied" });
  });
});
