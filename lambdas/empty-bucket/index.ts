import { Logger } from "@aws-lambda-powertools/logger";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { CloudFormation, DoomedBucket } from "../../aws/custom-resources.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { createHandler } from "./handler.ts";

const env = readEnvironment(z.object({ BUCKET: z.string().min(1) }));

export const handler = createHandler({
  bucket: new DoomedBucket(new S3Client({}), env.BUCKET),
  cloudFormation: new CloudFormation(),
  logger: new Logger({ serviceName: "empty-bucket" }),
});
