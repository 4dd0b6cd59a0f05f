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
