import { Logger } from "@aws-lambda-powertools/logger";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { answerCloudFormation, emptyBucket } from "../../aws/custom-resources.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { createBucketEmptier } from "../custom-resources.ts";

const env = readEnvironment(z.object({ BUCKET: nameVariable }));

const s3 = new S3Client({});

export const handler = createBucketEmptier({
  bucket: env.BUCKET,
  empty: () => emptyBucket(s3, env.BUCKET),
  answer: answerCloudFormation,
  logger: new Logger({ serviceName: "empty-bucket" }),
});
