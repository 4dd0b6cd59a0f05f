import type { Source } from "../request/source.ts";

/** Access to the buckets of sources. `aws/source-objects.ts` implements it. */
export interface Buckets {
  /**
   * Streams an object.
   * @throws S3's own error: `NoSuchKey`, `AccessDenied`, …
   */
  read(object: S3Location, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Keys that begin with a prefix, up to 1,000, in S3's order and as they are (not URL-encoded).
   * @param token of the page before; undefined: from the first key
   * @throws S3's own error
   */
  list(prefix: S3Location, token: string | undefined, signal: AbortSignal): Promise<Page>;
}

/** Some of the keys; `next` where there are more. */
export interface Page {
  readonly keys: readonly string[];
  readonly next?: string | undefined;
}

/** Names of permanent errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const PERMANENT = new Set([
  ...["NoSuchKey", "NoSuchBucket", "NotFound", "AccessDenied", "Forbidden", "InvalidObjectState", "PermanentRedirect"],
  ...["KeyTooLongError", "InvalidBucketName", "AllAccessDisabled", "AccountProblem"],
]);

/** The name of a permanent error; undefined: the error may be temporary. */
export function permanentS3Error(error: unknown): string | undefined {
  return error instanceof Error && PERMANENT.has(error.name) ? error.name : undefined;
}

/** An object of a bucket, or a prefix of keys. */
export interface S3Location {
  readonly bucket: string;
  /** Not URL-encoded. */
  readonly key: string;
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const LOCATION = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/su;

/** Parses `s3://bucket/key`; undefined: invalid. The key is not decoded. */
export function parseS3Location(text: string): S3Location | undefined {
  const [, bucket, key = ""] = LOCATION.exec(text) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

/** `s3://bucket/key`. */
export function formatS3Location({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}

/** The stack's parameter that names them. */
export const SOURCE_BUCKETS_PARAMETER = "sourceBuckets";

/** What sources may read: `bucket`, or `bucket/prefix*`. */
export type SourceBuckets = readonly string[];

/** Whether an object may be read, or the keys below a prefix listed. */
export function isReadable(buckets: SourceBuckets, { bucket, key }: S3Location): boolean {
  const prefixes = buckets.map((entry) => (entry.includes("/") ? entry.replace(/\*$/, "") : `${entry}/`));
  return prefixes.some((prefix) => `${bucket}/${key}`.startsWith(prefix));
}

/**
 * The URL of a key below a prefix: `base`, and the key without the origin path.
 * @returns undefined: no URL leads to the key
 */
export function keyUrl(key: string, { base, origin_path = "" }: Source): string | undefined {
  const path = keyPath(key);
  // What CloudFront puts before the path of every URL: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
  const cut = keyPath(origin_path.replace(/^\/+|\/+$/g, ""));
  if (base === undefined || path === undefined || cut === undefined) return undefined;
  if (cut === "") return folder(base) + path;
  return path.startsWith(`${cut}/`) ? folder(base) + path.slice(cut.length + 1) : undefined;
}

/** The URL of a source's document in a bucket: `base` and the last part of its key. undefined: there is none. */
export function ownUrl({ s3 = "", base }: Source): string | undefined {
  const name = parseS3Location(s3)?.key.split("/").at(-1);
  const path = name === undefined ? undefined : keyPath(name);
  return base === undefined || path === undefined ? undefined : folder(base) + path;
}

/**
 * The object of a referenced document: URLs below `base` are objects below the folder of the source's own document.
 * @returns undefined: it is not in the bucket
 */
export function bucketObjectOf(url: string, { s3, base }: Source): S3Location | undefined {
  const own = s3 === undefined ? undefined : parseS3Location(s3);
  if (own === undefined || base === undefined) return undefined;
  const path = url.replace(/\?.*$/s, "");
  const key = path.startsWith(folder(base)) ? pathKey(path.slice(folder(base).length)) : undefined;
  return key === undefined ? undefined : { bucket: own.bucket, key: own.key.replace(/[^/]*$/, "") + key };
}

/** A URL with a slash at its end, to which file names can be appended. */
export function folder(base: string): string {
  const { origin, pathname } = new URL(base);
  return origin + pathname.replace(/\/*$/, "/");
}

/**
 * A key as the path of a URL, encoded as browsers do. `+` is encoded, because S3 reads a plain one as a space.
 * @returns undefined: no URL leads to it, because clients resolve `.` and `..` between slashes
 */
export function keyPath(key: string): string | undefined {
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(key) || /\p{Surrogate}/u.test(key)) return undefined;
  return encodeURI(key).replaceAll(/[?#+]/g, encodeURIComponent);
}

/** The key that a path leads to; undefined: it is not percent-encoded UTF-8. */
export function pathKey(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
