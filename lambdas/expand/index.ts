import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { Checkpoints } from "../../aws/checkpoints.ts";
import { Distributions } from "../../aws/distributions.ts";
import { networkOf, networkVariables } from "../../aws/dns.ts";
import { Lists } from "../../aws/lists.ts";
import { SourceObjects } from "../../aws/source-objects.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { capsSchema } from "../../domain/request/caps.ts";
import { sourceBucketsSchema } from "../../domain/sources/buckets.ts";
import { sharedAdapters } from "../runtime.ts";
import { createHandler, EXPAND_CHECKPOINT } from "./handler.ts";

const name = z.string().min(1);
const env = readEnvironment(
  z.object({
    REQUEST_TABLE: name,
    BUCKET: name,
    SHUTDOWN_ARN: name,
    /** The name of this function, which Lambda says. */
    AWS_LAMBDA_FUNCTION_NAME: name,
    /** Metrics go by its name. */
    GROUP_NAME: name,
    SOURCE_BUCKETS: sourceBucketsSchema,
    ...networkVariables,
  }),
);
const { logger, lambda, requests } = sharedAdapters("expand", env);
const s3 = new S3Client({});

export const handler = createHandler({
  requests,
  lists: new Lists(s3, env.BUCKET),
  checkpoints: new Checkpoints(s3, env.BUCKET, EXPAND_CHECKPOINT),
  expandFunction: new AsyncFunction(lambda, env.AWS_LAMBDA_FUNCTION_NAME),
  distributions: new Distributions(new CloudFrontClient({})),
  ...networkOf(env),
  buckets: new SourceObjects(new S3Client({ followRegionRedirects: true }), env.SOURCE_BUCKETS),
  caps: readEnvironment(capsSchema),
  logger,
  now: Date.now,
});
