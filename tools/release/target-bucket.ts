import { HeadBucketCommand, PutObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { homeRegion, PublishError, publishError } from "./publish-error.ts";

/** An object to be put into the bucket. */
export interface PublishedFile {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** The bucket that is published to, known to be there and in the caller's region. */
export class TargetBucket {
  private constructor(
    private readonly s3: S3Client,
    readonly name: string,
    readonly region: string,
  ) {}

  /**
   * Checks the bucket before everything is bundled, so that a mistake shows within a second.
   * @throws PublishError if no region is set, or there are no credentials, or no such bucket in this region
   */
  static async open(s3: S3Client, name: string): Promise<TargetBucket> {
    const region = await s3.config.region().catch((cause: unknown) => {
      throw new PublishError("No region is set: set AWS_REGION to the region to launch in", { cause });
    });
    try {
      await s3.send(new HeadBucketCommand({ Bucket: name }));
    } catch (error) {
      // A refusal decides nothing here: who may write need not be allowed to look. Writing will tell.
      if (!isRefusal(error) || (homeRegion(error) ?? region) !== region) throw publishError(error, name, region);
    }
    return new TargetBucket(s3, name, region);
  }

  /** @throws PublishError */
  async put({ key, body, contentType }: PublishedFile): Promise<void> {
    try {
      await this.s3.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body, ContentType: contentType }));
    } catch (error) {
      throw publishError(error, this.name, this.region);
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode !== 404;
}
