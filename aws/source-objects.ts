import { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { isReadable, type SourceBuckets } from "../domain/sources/buckets.ts";

/** Keys of a bucket, as they are; `next` where there are more. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly next?: string | undefined;
}

/** Objects of other buckets, as far as the stack's parameter lets them be read. */
export class SourceObjects {
  constructor(
    private readonly s3: S3Client,
    private readonly allowed: SourceBuckets,
  ) {}

  /** The bytes of an object, as they come. @throws S3's own error: `NoSuchKey`, `AccessDenied`, … */
  async read(bucket: string, key: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    this.check(bucket, key);
    const get = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { Body } = await this.s3.send(get, { abortSignal: signal });
    if (!(Body instanceof Readable)) throw new Error(`s3://${bucket}/${key} has no body`);
    return Body;
  }

  /**
   * Keys that begin with a prefix, up to 1,000, in S3's order.
   * @param token of the page before; undefined: from the first key
   * @throws S3's own error
   */
  async list(bucket: string, prefix: string, token: string | undefined, signal: AbortSignal): Promise<KeyPage> {
    // The role may list the whole bucket.
    this.check(bucket, prefix);
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
    const { Contents = [], NextContinuationToken: next } = await this.s3.send(list, { abortSignal: signal });
    return { keys: Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])), next };
  }

  /** @throws an error called `AccessDenied`, as S3's own is */
  private check(bucket: string, key: string): void {
    if (isReadable(this.allowed, { bucket, key })) return;
    const error = new Error(`sourceBuckets of this deployment does not name s3://${bucket}/${key}`);
    throw Object.assign(error, { name: "AccessDenied" });
  }
}
