import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { CsvError, parse } from "csv-parse";
import { csvRow, textOfField } from "../domain/csv.ts";
import type { ReadableList, RequestList } from "../domain/plan/lists.ts";
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
  async *read<T, Written>(list: ReadableList<T, Written>, reqId: string): AsyncGenerator<T> {
    const key = list.key(reqId);
    const Body = await this.bytesOf(key);
    // Names of columns are no entry.
    const parser = Body.pipe(parse({ from_line: list.header === undefined ? 1 : 2 }));
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

  /**
   * Writes a list from entries as they come; nothing stands under its key until all of them do.
   * @param parts keys of objects whose rows come before the entries, as they were written: their bytes are passed on. @default none
   */
  async write<T>(
    list: RequestList<T>,
    reqId: string,
    entries: AsyncIterable<T> | Iterable<T>,
    parts: readonly string[] = [],
  ): Promise<void> {
    const body = new PassThrough();
    const upload = new Upload({
      client: this.s3,
      params: { Bucket: this.bucket, Key: list.key(reqId), Body: body, ContentType: "text/csv; charset=utf-8" },
    });
    const text = this.text(list, entries, parts);
    await Promise.all([pipeline(Readable.from(text, { objectMode: false }), body), upload.done()]);
  }

  async delete<T>(list: RequestList<T>, reqId: string): Promise<void> {
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

  private async *text<T>(
    list: RequestList<T>,
    entries: AsyncIterable<T> | Iterable<T>,
    parts: readonly string[],
  ): AsyncGenerator<string | Buffer> {
    if (list.header !== undefined) yield csvRow(list.header);
    for (const key of parts) yield* await this.bytesOf(key);
    yield* inBlocks(list, entries);
  }

  private async bytesOf(key: string): Promise<Readable> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    if (!(Body instanceof Readable)) throw new Error(`s3://${this.bucket}/${key} has no body`);
    return Body;
  }
}

/** Rows a block: a stream that takes them one by one needs several times as long. */
const BLOCK_ROWS = 200;

async function* inBlocks<T>(list: RequestList<T>, entries: AsyncIterable<T> | Iterable<T>): AsyncGenerator<string> {
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

const TYPE = "application/gzip";

/** Files of the bucket that are too large for memory, and come piece by piece. Each piece is whole members of gzip. */
export class ResultFiles {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const put = new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: bytes, ContentType: TYPE });
    await this.s3.send(put);
  }

  /**
   * Makes one file of several; nothing stands under its key until it is whole.
   * @param parts keys of files whose bytes come first, in order: they are passed on, and not kept in memory
   * @param last bytes behind them
   */
  async join(key: string, parts: readonly string[], last: Uint8Array): Promise<void> {
    const body = new PassThrough();
    const upload = new Upload({
      client: this.s3,
      params: { Bucket: this.bucket, Key: key, Body: body, ContentType: TYPE },
    });
    const bytes = Readable.from(this.inTurn(parts, last), { objectMode: false });
    await Promise.all([pipeline(bytes, body), upload.done()]);
  }

  private async *inTurn(parts: readonly string[], last: Uint8Array): AsyncGenerator<Uint8Array> {
    for (const key of parts) {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      if (!(Body instanceof Readable)) throw new Error(`s3://${this.bucket}/${key} has no body`);
      yield* Body;
    }
    if (last.length > 0) yield last;
  }
}
