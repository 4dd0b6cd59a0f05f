import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { CsvError, parse } from "csv-parse";
import { textOfField } from "../domain/csv.ts";
import {
  type CheckpointKind,
  csvBlocks,
  isMissing,
  type ReadableList,
  type RequestFiles,
  type WritableList,
} from "../domain/plan/lists.ts";
import { UnreadableRowError } from "../domain/plan/task.ts";

const LINK_SECONDS = 600;

/** The bucket: lists of requests, as CSV that is read and written row by row; their report and results; checkpoints. */
export class Lists implements RequestFiles {
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
    const Body = await this.bytesOf(key);
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
    await this.upload(list.key(reqId), csvBlocks(list, entries));
  }

  /** Nothing happens where there is none. */
  async delete({ key }: { readonly key: (reqId: string) => string }, reqId: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key(reqId) }));
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

  async readCheckpoint<T>({ key, schema }: CheckpointKind<T>, reqId: string): Promise<T | undefined> {
    let stored: Buffer;
    try {
      stored = await buffer(await this.bytesOf(key(reqId)));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const text = (await promisify(gunzip)(stored)).toString("utf8");
      return schema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  async writeCheckpoint<T>({ key }: CheckpointKind<T>, reqId: string, state: T): Promise<void> {
    await this.put(key(reqId), await promisify(gzip)(JSON.stringify(state)));
  }

  /** The text of a small object. Undefined: it does not exist. @throws Error if it is larger than `maxBytes` */
  async text(key: string, maxBytes: number): Promise<string | undefined> {
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      // Leaving the loop lets go of the connection.
      for await (const chunk of await this.bytesOf(key)) {
        chunks.push(chunk);
        length += chunks.at(-1)?.length ?? 0;
        if (length > maxBytes) throw new Error(`s3://${this.bucket}/${key} is larger than ${maxBytes} bytes`);
      }
      return Buffer.concat(chunks).toString("utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const object = { Bucket: this.bucket, Key: key, ContentType: contentTypeOf(key) };
    await this.s3.send(new PutObjectCommand({ ...object, Body: bytes }));
  }

  async join(key: string, segments: readonly string[], last: Uint8Array): Promise<void> {
    await this.upload(key, this.inTurn(segments, last));
  }

  private async *inTurn(segments: readonly string[], last: Uint8Array): AsyncGenerator<Uint8Array> {
    for (const key of segments) yield* await this.bytesOf(key);
    if (last.length > 0) yield last;
  }

  private async bytesOf(key: string): Promise<Readable> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    if (!(Body instanceof Readable)) throw new Error(`s3://${this.bucket}/${key} has no body`);
    return Body;
  }

  /** Writes an object from pieces as they come. Its key is not there until all of them are. */
  private async upload(Key: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
    const body = new PassThrough();
    const params = { Bucket: this.bucket, Key, Body: body, ContentType: contentTypeOf(Key) };
    const uploaded = new Upload({ client: this.s3, params }).done();
    await Promise.all([pipeline(Readable.from(pieces, { objectMode: false }), body), uploaded]);
  }
}

function contentTypeOf(key: string): string {
  return key.endsWith(".gz") ? "application/gzip" : "text/csv; charset=utf-8";
}
