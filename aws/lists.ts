import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DeleteObjectCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { parse } from "csv-parse";
import { stringify } from "csv-stringify";

export interface WriteOptions {
  /**
   * For a list that people open and no program reads back: fields that a spreadsheet would take for a formula get a `'`
   * in front. What stands in them may come from a server that was asked. @default false
   */
  readonly forSpreadsheets?: boolean;
}

/** The lists of a request in the bucket: CSV, read and written row by row. */
export class UrlLists {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /** Rows of a CSV object, in its order. */
  async *read(key: string): AsyncGenerator<string[]> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    if (!(Body instanceof Readable)) throw new Error(`s3://${this.bucket}/${key} has no body`);
    const parser = Body.pipe(parse());
    Body.on("error", (error) => parser.destroy(error));
    for await (const row of parser) yield row as string[];
  }

  /** Writes a CSV object from rows as they come; nothing stands under the key until all of them do. */
  async write(
    key: string,
    rows: AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>,
    { forSpreadsheets = false }: WriteOptions = {},
  ): Promise<void> {
    const body = new PassThrough();
    const upload = new Upload({
      client: this.s3,
      params: { Bucket: this.bucket, Key: key, Body: body, ContentType: "text/csv; charset=utf-8" },
    });
    await Promise.all([
      pipeline(Readable.from(rows), stringify({ escape_formulas: forSpreadsheets }), body),
      upload.done(),
    ]);
  }

  async delete(key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }
}
