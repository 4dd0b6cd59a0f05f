import { keyPath, pathKey } from "../../domain/sources/key-path.ts";
import { parseS3Location, type S3Location } from "../../domain/sources/s3-location.ts";
import type { Source } from "../../domain/sources/source.ts";

/**
 * The URL of a key below a prefix: `base`, and the key without the origin path.
 * @returns undefined: no URL leads there
 */
export function keyUrl(key: string, { base, origin_path = "" }: Pick<Source, "base" | "origin_path">) {
  const path = keyPath(key);
  // What CloudFront puts before the path of every URL: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
  const cut = keyPath(origin_path.replace(/^\/+|\/+$/g, ""));
  if (base === undefined || path === undefined || cut === undefined) return undefined;
  if (cut === "") return folder(base) + path;
  return path.startsWith(`${cut}/`) ? folder(base) + path.slice(cut.length + 1) : undefined;
}

/** The URL of the document of a source that stands in a bucket: its name, at `base`. undefined: there is none. */
export function ownUrl({ s3 = "", base }: Pick<Source, "s3" | "base">): string | undefined {
  const name = parseS3Location(s3)?.key.split("/").at(-1);
  const path = name === undefined ? undefined : keyPath(name);
  return base === undefined || path === undefined ? undefined : folder(base) + path;
}

/**
 * Where a document that another one names stands in the source's bucket: what is below `base` as a URL is below the
 * source's own folder there.
 * @returns undefined: it is not in the bucket
 */
export function inBucket(url: string, { s3, base }: Pick<Source, "s3" | "base">): S3Location | undefined {
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
