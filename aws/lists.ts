import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { CsvError, parse } from "csv-parse";
import { csvRow, textOfField } from "../domain/csv.ts";
import type { ReadableList, WritableList } from "../domain/plan/lists.ts";
import { UnreadableRowError } from "../domain/plan/task.ts";

const LINK_SECONDS = 600;

/** The lists of requests in the bucket: CSV, read and written row by row. */
export class Lists {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /**
   * Entries of a list, in its order.
   * @throws NoSuchKey, as S3 calls it, if the list is not there; UnreadableRowError for a row that is none of the list's
   */
  async *read<T>(list: ReadableList<T>, reqId: string): AsyncGenerator<T> {
    const key = list.key(reqId);
    const Body = await bytesOf(this.s3, this.bucket, key);
    const parser = Body.pipe(parse({ from_line: list.hasHeader === true ? 2 : 1 }));
    Body.on("error", (error) => parser.destroy(error));
    try {
      for await (const row of parser) yield list.fromRow((row as string[]).map(textOfField));
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      throw new UnreadableRowError(`s3://${this.bucket}/${key}: ${error.message}`, { cause: error });
    } finally {
      // A reader that stops early would leave the answer half read, and its connection taken for good.
      Body.destroy();
    }
  }

  /** Writes a list from entries as they come; the object does not exist until all are written. */
  async write<T>(list: WritableList<T>, reqId: string, entries: AsyncIterable<T> | Iterable<T>): Promise<void> {
    await upload(this.s3, { Bucket: this.bucket, Key: list.key(reqId) }, inBlocks(list, entries));
  }

  async delete<T>(list: ReadableList<T>, reqId: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: list.key(reqId) }));
  }

  /**
   * A link under which somebody without AWS credentials can read a list or the file of all results.
   * @param fileName under which it is saved: letters, digits, `.` and `-` alone
   */
  async link(key: string, fileName: string): Promise<string> {
    const ResponseContentDisposition = `attachment; filename="${fileName}"`;
    const get = new GetObjectCommand({ Bucket: this.bucket, Key: key, ResponseContentDisposition });
    return getSignedUrl(this.s3, get, { expiresIn: LINK_SECONDS });
  }
}

/** Rows a block: a stream that takes them one by one needs several times as long. */
const BLOCK_ROWS = 200;

async function* inBlocks<T>(list: WritableList<T>, entries: AsyncIterable<T> | Iterable<T>): AsyncGenerator<string> {
  let block = "";
  let rows = 0;
  for await (const entry of entries) {
    block += csvRow(list.toRow(entry));
    rows++;
    if (rows < BLOCK_ROWS) continue;
    yield block;
    block = "";
    rows = 0;
  }
  if (rows > 0) yield block;
}

/** Files of the bucket that may be larger than memory: the report and the file of all results. */
export class ResultFiles {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const object = { Bucket: this.bucket, Key: key, ContentType: contentTypeOf(key) };
    await this.s3.send(new PutObjectCommand({ ...object, Body: bytes }));
  }

  /**
   * Makes one file of several; the object does not exist until it is whole.
   * @param segments keys of files whose bytes come first, in order: they are passed on, and not kept in memory
   * @param last bytes behind them
   */
  async join(key: string, segments: readonly string[], last: Uint8Array): Promise<void> {
    await upload(this.s3, { Bucket: this.bucket, Key: key }, this.inTurn(segments, last));
  }

  private async *inTurn(segments: readonly string[], last: Uint8Array): AsyncGenerator<Uint8Array> {
    for (const key of segments) yield* await bytesOf(this.s3, this.bucket, key);
    if (last.length > 0) yield last;
  }
}

async function bytesOf(s3: S3Client, bucket: string, key: string): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (!(Body instanceof Readable)) throw new Error(`s3://${bucket}/${key} has no body`);
  return Body;
}

/** Writes an object from pieces as they come. Its key is not there until all of them are. */
async function upload(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const body = new PassThrough();
  const params = { ...object, Body: body, ContentType: contentTypeOf(object.Key) };
  const uploaded = new Upload({ client, params }).done();
  await Promise.all([pipeline(Readable.from(pieces, { objectMode: false }), body), uploaded]);
}

function contentTypeOf(key: string): string {
  return key.endsWith(".gz") ? "application/gzip" : "text/csv; charset=utf-8";
}
