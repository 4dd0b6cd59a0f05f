import { gunzipSync, gzipSync } from "node:zlib";
import { Lists } from "../../aws/lists.ts";
import type { CsvValue } from "../../domain/csv.ts";
import { LISTS, type WritableList } from "../../domain/plan/lists.ts";
import { UnreadableRowError } from "../../domain/plan/task.ts";
import { RECOUNT_CHECKPOINT } from "../../domain/readiness/recount.ts";
import { collect, times } from "../collect.ts";
import { count } from "../lambdas/items.ts";
import { eventually, useVirtualClock } from "../virtual-clock.ts";
import { startBucket } from "./bucket.ts";

useVirtualClock({ idleMs: 2 });

/** A list of rows as they are, at this key. */
const at = (key: string): WritableList<readonly CsvValue[]> => ({
  key: () => key,
  toRow: (row) => row,
  fromRow: (row) => row,
});
const KEY = "r1.csv";
const ROWS = at(KEY);
const LONG = `https://cdn.example.com/${"a".repeat(80)}/`;

let bucket: Awaited<ReturnType<typeof startBucket>>;
let lists: Lists;
beforeEach(async () => {
  bucket = await startBucket();
  lists = new Lists(bucket.s3, "bucket");
});
afterEach(() => expect(bucket.uploads.size).toBe(0));

const read = (list: WritableList<readonly CsvValue[]> = ROWS) => collect(lists.read(list, "r1"));

describe("a list in the bucket", () => {
  it("is CSV, and comes back as it went", async () => {
    const rows = [
      ["https://cdn.example.com/a?b=1,2", 10],
      ["https://cdn.example.com/%E6%97%A5", null],
      ['reset, "by" peer\nat once', undefined],
      ["日本 ü", ""],
    ];
    await lists.write(ROWS, "r1", rows);
    expect(bucket.objects.get(KEY)?.toString()).toBe(
      '"https://cdn.example.com/a?b=1,2",10\nhttps://cdn.example.com/%E6%97%A5,\n"reset, ""by"" peer\nat once",\n日本 ü,\n',
    );
    expect(await read()).toEqual(rows.map((row) => row.map((value) => String(value ?? ""))));
  });

  it.each([
    ["a row with more fields than the others", "https://a/,1\nhttps://b/,2,3\n"],
    ["a quote that does not end", 'https://a/,1\n"https://b/,2\n'],
  ])("that has %s is not read further", async (_, text) => {
    bucket.objects.set("r1/success_urls.csv", Buffer.from(text));
    await expect(collect(lists.read(LISTS.goodUrls, "r1"))).rejects.toThrow(UnreadableRowError);
  });

  it("may have a first line with the names of its columns, which is no entry", async () => {
    bucket.objects.set(KEY, Buffer.from("pop,url\nSIN2-P1,https://a.example/\n"));
    expect(await read({ ...ROWS, hasHeader: true })).toEqual([["SIN2-P1", "https://a.example/"]]);
  });

  it("stands under the key of its request", async () => {
    const failed = [{ url: "https://a.example/", problem: "HTTP 403" }];
    await lists.write(LISTS.failedUrls, "r7", failed);
    expect([...bucket.objects.keys()]).toEqual(["r7/failed_urls.csv"]);
    expect(await collect(lists.read(LISTS.failedUrls, "r7"))).toEqual(failed);
  });

  it("may be larger than one part of an upload", async () => {
    const rows = times(60_000, (i) => [LONG + i, String(i)]);
    async function* later() {
      yield* rows;
    }
    await lists.write(ROWS, "r1", later());
    expect(bucket.objects.get(KEY)?.length).toBeGreaterThan(5 * 2 ** 20);
    expect(await read()).toEqual(rows);
  }, 60_000);

  it.each([10, 80_000])("of which the rows break off after %i does not stand", async (n) => {
    async function* broken() {
      for (let i = 0; i < n; i++) yield [LONG + i];
      throw new Error("the table cannot be read");
    }
    await expect(lists.write(ROWS, "r1", broken())).rejects.toThrow("the table cannot be read");
    // What was under way is given up.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await eventually(() => bucket.uploads.size).toBe(0);
    expect(bucket.objects.size).toBe(0);
  });

  it("that is not there is NoSuchKey, by which the summary knows it", async () => {
    await expect(read()).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("is deleted, there or not", async () => {
    await lists.write(ROWS, "r1", [["a"]]);
    for (let i = 0; i < 2; i++) await lists.delete(ROWS, "r1");
    expect(bucket.objects.size).toBe(0);
  });

  it("that is left half read lets go of its connection", async () => {
    bucket.objects.set(KEY, Buffer.from(`${"a".repeat(1_000)}\n`.repeat(20_000)));
    for await (const _ of lists.read(ROWS, "r1")) {
      // Too large for the buffers in between: S3 has not sent all of it.
      expect(bucket.unread.size).toBe(1);
      break;
    }
    await eventually(() => bucket.unread.size).toBe(0);
  });

  it("is led to by a link for ten minutes", async () => {
    const link = new URL(await lists.link(KEY, "prewarm-r1.csv"));
    expect(link.pathname).toBe(`/bucket/${KEY}`);
    const { searchParams } = link;
    expect(searchParams.get("X-Amz-Expires")).toBe("600");
    expect(searchParams.get("response-content-disposition")).toBe('attachment; filename="prewarm-r1.csv"');
    expect(searchParams.get("X-Amz-Signature")).toMatch(/^[0-9a-f]{64}$/);
    await lists.write(ROWS, "r1", [["pop", "url"]]);
    expect(await (await fetch(link)).text()).toBe("pop,url\n");
  });
});

const text = (key: string) => gunzipSync(bucket.objects.get(key) ?? "").toString("utf8");

describe("the text of a small object", () => {
  const DISCOVERED = "pops/discovered.json";

  it("is read up to its limit, and refused above", async () => {
    await lists.put(DISCOVERED, Buffer.from("日本"));
    expect(await lists.text(DISCOVERED, 6)).toBe("日本");
    await expect(lists.text(DISCOVERED, 5)).rejects.toThrow(/pops\/discovered\.json is larger than 5 bytes/);
  });

  it("is undefined where there is none", async () => expect(await lists.text(DISCOVERED, 5)).toBeUndefined());
});

it("a file that comes piece by piece is one gzip file of all its pieces, in order", async () => {
  for (const [n, piece] of ["a\n", "b\n"].entries()) await lists.put(`r1/recount/${n}`, gzipSync(piece));
  await lists.join("r1/results.csv.gz", ["r1/recount/0", "r1/recount/1"], gzipSync("c\n"));
  expect(text("r1/results.csv.gz")).toBe("a\nb\nc\n");
  await lists.join("r1/results.csv.gz", ["r1/recount/1"], new Uint8Array());
  expect(text("r1/results.csv.gz")).toBe("b\n");
});

it("a file that comes piece by piece may have more bytes than memory takes: those of its segments are passed on", async () => {
  const segment = Buffer.from(`${"=a,".repeat(9)}\n`.repeat(300_000));
  await lists.put("r1/recount/1/report.csv", segment);
  await lists.join("r1/report.csv", ["r1/recount/1/report.csv"], Buffer.from("é\n"));
  expect(bucket.objects.get("r1/report.csv")?.equals(Buffer.concat([segment, Buffer.from("é\n")]))).toBe(true);
});

it("a file that comes piece by piece does not stand where a piece is missing", async () => {
  const joined = lists.join("r1/results.csv.gz", ["r1/recount/gone"], new Uint8Array());
  await expect(joined).rejects.toMatchObject({ name: "NoSuchKey" });
  expect(bucket.objects.has("r1/results.csv.gz")).toBe(false);
});

const CHECKPOINT_KEY = RECOUNT_CHECKPOINT.key("r1");
const CHECKPOINT = {
  state: "IN_PROGRESS/80/40/0/in time",
  at: 1_713_237_113_531,
  shards: 16,
  bits: "010203",
  good: "010200",
  regional: "000001",
  recs: {
    samples: [{ label: "d1", key: "https://a.example/1", pop: "SIN2-P1", ok: true, sample: "hit" as const }],
    replaced: [{ label: "d1", pop: "SIN2-P1", by: "SIN52-C2", rows: "0f" }],
    unsure: { "SIN2-P1": "02" },
    no_cache: { "SIN2-P1": "04" },
    origin_age: ["d1"],
  },
  parts: ["r1/recount/x.csv"],
  results: ["r1/recount/x.csv.gz"],
  unfinished: 7,
  failures: [{ subject: "task" as const, code: "tls" as const, tasks: 2, urls: "01", pops: "02", examples: [] }],
  count: count(3, 30, 1),
};
const write = (checkpoint = CHECKPOINT) => lists.writeCheckpoint(RECOUNT_CHECKPOINT, "r1", checkpoint);
const readBack = () => lists.readCheckpoint(RECOUNT_CHECKPOINT, "r1");

it("a checkpoint of a recount comes back as it went, is small, and is gone when it is deleted", async () => {
  await write({ ...CHECKPOINT, bits: Buffer.alloc(3_000_000, 255).toString("hex") });
  expect(bucket.objects.get(CHECKPOINT_KEY)?.length).toBeLessThan(30_000);
  await write();
  expect(await readBack()).toEqual(CHECKPOINT);
  await lists.delete(RECOUNT_CHECKPOINT, "r1");
  expect(await readBack()).toBeUndefined();
});

it.each([
  ["is not compressed", Buffer.from("{}")],
  ["is truncated", gzipSync("{}").subarray(0, 15)],
  ["is no JSON", gzipSync("{")],
  ["is of another version", gzipSync(JSON.stringify({ ...CHECKPOINT, shards: -1 }))],
])("a checkpoint of a recount that %s counts as none: the recount begins anew", async (_, stored) => {
  bucket.objects.set(CHECKPOINT_KEY, stored);
  expect(await readBack()).toBeUndefined();
});

it("a checkpoint of a recount that S3 does not give now is a fault", async () => {
  bucket.denied.method = "GET";
  await expect(readBack()).rejects.toMatchObject({ name: "AccessDenied" });
});
