import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

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
