import { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import {
  type Buckets,
  formatS3Location,
  isReadable,
  type Page,
  type S3Location,
  type SourceBuckets,
} from "../domain/sources/buckets.ts";

/** Objects of other buckets, as far as the stack's parameter lets them be read. */
export class SourceObjects implements Buckets {
  constructor(
    private readonly s3: S3Client,
    private readonly allowed: SourceBuckets,
  ) {}

  async read(object: S3Location, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    this.check(object);
    const get = new GetObjectCommand({ Bucket: object.bucket, Key: object.key });
    const { Body } = await this.s3.send(get, { abortSignal: signal });
    if (!(Body instanceof Readable)) throw new Error(`${formatS3Location(object)} has no body`);
    return Body;
  }

  async list(prefix: S3Location, token: string | undefined, signal: AbortSignal): Promise<Page> {
    // The role may list the whole bucket.
    this.check(prefix);
    const list = new ListObjectsV2Command({ Bucket: prefix.bucket, Prefix: prefix.key, ContinuationToken: token });
    const { Contents = [], NextContinuationToken: next } = await this.s3.send(list, { abortSignal: signal });
    return { keys: Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])), next };
  }

  /** @throws an error called `AccessDenied`, as S3's own is */
  private check(place: S3Location): void {
    if (isReadable(this.allowed, place)) return;
    const error = new Error(`sourceBuckets of this deployment does not name ${formatS3Location(place)}`);
    throw Object.assign(error, { name: "AccessDenied" });
  }
}
