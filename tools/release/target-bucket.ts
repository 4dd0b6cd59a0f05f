import { HeadBucketCommand, PutObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";

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

/** Nothing, or not all, was published; the message says in one line why, and what to do. */
export class PublishError extends Error {
  override readonly name = "PublishError";
}

const BAD_CREDENTIALS = ["ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch"];

/** What a failed call for the bucket means. `region` is the caller's. */
function publishError(cause: unknown, bucket: string, region: string): PublishError {
  return new PublishError(meaning(cause, bucket, region).replaceAll(/\s+/g, " "), { cause });
}

/** The region that S3 says a bucket is in, which it tells with whatever it answers. */
function homeRegion(answer: unknown): string | undefined {
  return answer instanceof S3ServiceException ? answer.$response?.headers["x-amz-bucket-region"] : undefined;
}

function meaning(cause: unknown, bucket: string, region: string): string {
  const home = homeRegion(cause);
  if (home !== undefined && home !== region) {
    return `The bucket ${bucket} is in ${home}, your region is ${region}, and Lambda takes code only from a bucket in the stack's own region: set AWS_REGION=${home} to launch there, or name a bucket in ${region}`;
  }
  const { name, message } = cause instanceof Error ? cause : { name: "", message: String(cause) };
  if (name === "CredentialsProviderError") {
    return `No AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${message})`;
  }
  const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
  if (status === 404) return `There is no bucket ${bucket}; make it: aws s3 mb s3://${bucket} --region ${region}`;
  if (BAD_CREDENTIALS.includes(name)) return `AWS does not accept these credentials: ${message}`;
  if (status === 403) return `These credentials may not write to the bucket ${bucket} (s3:PutObject): ${message}`;
  return `Publishing to the bucket ${bucket} failed: ${message || codeOf(cause)}`;
}

/** Node's network errors may have no message. */
function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
