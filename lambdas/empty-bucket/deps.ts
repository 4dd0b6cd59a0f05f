import { Logger } from "@aws-lambda-powertools/logger";
import { S3Client } from "@aws-sdk/client-s3";
import { DoomedBucket } from "../adapters/doomed-bucket.ts";
import type { Env } from "./env.ts";

export interface EmptyBucketDeps {
  readonly bucket: Pick<DoomedBucket, "name" | "empty">;
  /** Tells CloudFormation how it went, by a PUT to the URL that it gave. */
  readonly answer: (url: string, body: string) => Promise<void>;
  readonly logger: Pick<Logger, "info" | "error">;
}

export function createDeps(env: Env): EmptyBucketDeps {
  return {
    bucket: new DoomedBucket(new S3Client({}), env.BUCKET),
    answer,
    logger: new Logger({ serviceName: "empty-bucket" }),
  };
}

async function answer(url: string, body: string): Promise<void> {
  // As bytes: a string would have a Content-Type, and the URL is signed without one.
  const { status } = await fetch(url, { method: "PUT", body: Buffer.from(body) });
  if (status >= 300) throw new Error(`CloudFormation took the answer with HTTP ${status}`);
}
