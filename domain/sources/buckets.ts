import type { Source } from "../request/source.ts";

/** What sources read of S3. `aws/source-objects.ts` implements it. */
export interface Buckets {
  /**
   * The bytes of an object, as they come.
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

/** Errors that another try does not mend, by their names: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const PERMANENT = new Set([
  ...["NoSuchKey", "NoSuchBucket", "NotFound", "AccessDenied", "Forbidden", "InvalidObjectState", "PermanentRedirect"],
  ...["KeyTooLongError", "InvalidBucketName", "AllAccessDisabled", "AccountProblem"],
]);

/** The name of an error that says that an object cannot be read; undefined: it may go better another time. */
export function permanentS3Error(error: unknown): string | undefined {
  return error instanceof Error && PERMANENT.has(error.name) ? error.name : undefined;
}

/** Where an object of a bucket stands, or what keys begin with. */
export interface S3Location {
  readonly bucket: string;
  /** As S3 has it: nothing is encoded. */
  readonly key: string;
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const LOCATION = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/su;

/** Reads `s3://bucket/key`; undefined: it is none. The key is taken as it stands. */
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

/** What sources may be read from buckets: `bucket`, or `bucket/prefix*`. None: nothing. */
export type SourceBuckets = readonly string[];

/** Whether an object may be read, or the keys that begin so listed. */
export function isReadable(buckets: SourceBuckets, { bucket, key }: S3Location): boolean {
  const prefixes = buckets.map((entry) => (entry.includes("/") ? entry.replace(/\*$/, "") : `${entry}/`));
  return prefixes.some((prefix) => `${bucket}/${key}`.startsWith(prefix));
}

/**
 * The URL of a key below a prefix: `base`, and the key without the origin path.
 * @returns undefined: no URL leads there
 */
export function keyUrl(key: string, { base, origin_path = "" }: Source): string | undefined {
  const path = keyPath(key);
  // What CloudFront puts before the path of every URL: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
  const cut = keyPath(origin_path.replace(/^\/+|\/+$/g, ""));
  if (base === undefined || path === undefined || cut === undefined) return undefined;
  if (cut === "") return folder(base) + path;
  return path.startsWith(`${cut}/`) ? folder(base) + path.slice(cut.length + 1) : undefined;
}

/** The URL of the document of a source that stands in a bucket: its name, at `base`. undefined: there is none. */
export function ownUrl({ s3 = "", base }: Source): string | undefined {
  const name = parseS3Location(s3)?.key.split("/").at(-1);
  const path = name === undefined ? undefined : keyPath(name);
  return base === undefined || path === undefined ? undefined : folder(base) + path;
}

/**
 * Where a document that another one names stands in the source's bucket: what is below `base` as a URL is below the
 * source's own folder there.
 * @returns undefined: it is not in the bucket
 */
export function inBucket(url: string, { s3, base }: Source): S3Location | undefined {
  const own = s3 === undefined ? undefined : parseS3Location(s3);
  if (own === undefined || base === undefined) return undefined;
  const path = url.replace(/\?.*$/s, "");
  const key = path.startsWith(folder(base)) ? pathKey(path.slice(folder(base).length)) : undefined;
  return key === undefined ? undefined : { bucket: own.bucket, key: own.key.replace(/[^/]*$/, "") + key };
}

/** A URL that names of files can be put behind. */
export function folder(base: string): string {
  const { origin, pathname } = new URL(base);
  return origin + pathname.replace(/\/*$/, "/");
}

/**
 * A key as the path of a URL under which S3 has it, in a browser's spelling. `+` is encoded, because S3 reads a plain one
 * as a space.
 * @returns undefined: no URL leads to it, since `.` and `..` between slashes are worked out before a URL is asked for
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
