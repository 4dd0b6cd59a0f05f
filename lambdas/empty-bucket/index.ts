import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { emptyBucket } from "../../aws/stack-resources.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { createBucketEmptier } from "../custom-resources.ts";

const env = readEnvironment(z.object({ BUCKET: nameVariable }));

const s3 = new S3Client({});

export const handler = createBucketEmptier(env.BUCKET, () => emptyBucket(s3, env.BUCKET));
