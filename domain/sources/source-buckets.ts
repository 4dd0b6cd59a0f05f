import * as z from "zod";
import type { S3Location } from "./s3-location.ts";

/** The stack's parameter that names them. */
export const SOURCE_BUCKETS_PARAMETER = "sourceBuckets";

/** What sources may be read from buckets: `bucket`, or `bucket/prefix*`. None: nothing. */
export type SourceBuckets = readonly string[];

/** As a variable has them: separated by commas. */
export const sourceBucketsSchema = z.string().transform(
  (text): SourceBuckets =>
    text
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
);

/** Whether an object may be read, or the keys that begin so listed. */
export function isReadable(buckets: SourceBuckets, { bucket, key }: S3Location): boolean {
  return buckets.some((entry) => {
    const slash = entry.indexOf("/");
    if (slash === -1) return entry === bucket;
    return entry.slice(0, slash) === bucket && key.startsWith(entry.slice(slash + 1).replace(/\*$/, ""));
  });
}
