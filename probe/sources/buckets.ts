/** What walks read of S3. */
export interface Buckets {
  /**
   * The bytes of an object, as they come.
   * @throws S3's own error: `NoSuchKey`, `AccessDenied`, …
   */
  readonly read: (bucket: string, key: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /**
   * Keys that begin with a prefix, up to 1,000, in S3's order and as they are (not URL-encoded).
   * @param token of the page before. @default from the first key
   * @throws S3's own error
   */
  readonly list: (bucket: string, prefix: string, token: string | undefined, signal: AbortSignal) => Promise<Page>;
}

/** Some of the keys; `next` where there are more. */
export interface Page {
  readonly keys: readonly string[];
  readonly next?: string | undefined;
}

/** Errors that another try does not mend, by their names: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const FINAL = new Set([
  ...["NoSuchKey", "NoSuchBucket", "NotFound", "AccessDenied", "Forbidden", "InvalidObjectState", "PermanentRedirect"],
  ...["KeyTooLongError", "InvalidBucketName", "AllAccessDisabled", "AccountProblem"],
]);

/** The name of an error that says that an object cannot be read; undefined: it may go better another time. */
export function finalS3Error(error: unknown): string | undefined {
  return error instanceof Error && FINAL.has(error.name) ? error.name : undefined;
}
