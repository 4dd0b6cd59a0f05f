import { Logger } from "@aws-lambda-powertools/logger";
import { S3Client } from "@aws-sdk/client-s3";
import { DoomedBucket } from "../../aws/doomed-bucket.ts";
import { AskingCloudFormation, type CustomResourceDeps } from "../custom-resource.ts";
import type { Env } from "./env.ts";

export interface EmptyBucketDeps extends CustomResourceDeps {
  readonly bucket: Pick<DoomedBucket, "name" | "empty">;
  readonly logger: Pick<Logger, "info" | "error">;
}

export function createDeps(env: Env): EmptyBucketDeps {
  return {
    bucket: new DoomedBucket(new S3Client({}), env.BUCKET),
    cloudFormation: new AskingCloudFormation(),
    logger: new Logger({ serviceName: "empty-bucket" }),
  };
}
