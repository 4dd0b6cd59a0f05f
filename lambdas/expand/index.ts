import { Logger } from "@aws-lambda-powertools/logger";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { Checkpoints } from "../../aws/checkpoints.ts";
import { documentClient } from "../../aws/clients.ts";
import { Distributions } from "../../aws/distributions.ts";
import { networkOf, networkVariables } from "../../aws/dns.ts";
import { Lists } from "../../aws/lists.ts";
import { RequestTable } from "../../aws/request-table.ts";
import { SourceObjects } from "../../aws/source-objects.ts";
import { readEnvironment } from "../../domain/environment.ts";
import { metricNamespace } from "../../domain/metrics.ts";
import { capVariables, readCaps } from "../../domain/request/caps.ts";
import { sourceBucketsSchema } from "../../domain/sources/buckets.ts";
import { reportUnreadable } from "../runtime.ts";
import { createHandler, EXPAND_CHECKPOINT } from "./handler.ts";

const env = readEnvironment(
  z.object({
    REQUEST_TABLE: z.string().min(1),
    BUCKET: z.string().min(1),
    SHUTDOWN_ARN: z.string().min(1),
    /** The name of this function, which Lambda says. */
    AWS_LAMBDA_FUNCTION_NAME: z.string().min(1),
    /** Metrics go by its name. */
    GROUP_NAME: z.string().min(1),
    SOURCE_BUCKETS: sourceBucketsSchema,
    MAX_TASKS: capVariables.MAX_TASKS,
    ...networkVariables,
  }),
);
const logger = new Logger({ serviceName: "expand" });
const onUnreadable = reportUnreadable(logger, metricNamespace(env.GROUP_NAME));
const lambda = new LambdaClient({});
const s3 = new S3Client({});
const shutdown = new AsyncFunction(lambda, env.SHUTDOWN_ARN);

export const handler = createHandler({
  requests: new RequestTable(documentClient(), env.REQUEST_TABLE, onUnreadable, shutdown),
  lists: new Lists(s3, env.BUCKET),
  checkpoints: new Checkpoints(s3, env.BUCKET, EXPAND_CHECKPOINT),
  expandFunction: new AsyncFunction(lambda, env.AWS_LAMBDA_FUNCTION_NAME),
  distributions: new Distributions(new CloudFrontClient({})),
  ...networkOf(env),
  buckets: new SourceObjects(new S3Client({ followRegionRedirects: true }), env.SOURCE_BUCKETS),
  caps: readCaps(env),
  logger,
  now: Date.now,
});
