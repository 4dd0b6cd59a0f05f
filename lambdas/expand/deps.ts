import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { Checkpoints } from "../../aws/checkpoints.ts";
import { Distributions } from "../../aws/distributions.ts";
import { networkOf, networkVariables } from "../../aws/dns.ts";
import { SourceObjects } from "../../aws/source-objects.ts";
import { listVariable, nameVariable, readEnvironment } from "../../domain/environment.ts";
import { capsOf, capVariables } from "../../domain/request/caps.ts";
import { sourceReadSchema } from "../../domain/request/source.ts";
import { walkStateSchema } from "../../probe/sources/walk.ts";
import { pipelineVariables, sharedAdapters } from "../runtime.ts";

const environmentSchema = pipelineVariables.extend({
  SHUTDOWN_ARN: nameVariable,
  /** The name of this function, which Lambda says. */
  AWS_LAMBDA_FUNCTION_NAME: nameVariable,
  SOURCE_BUCKETS: listVariable,
  ...networkVariables,
  ...capVariables,
});

/** Where the reading of a request's sources stopped when the time of a run was over. */
const EXPAND_CHECKPOINT = {
  key: (reqId: string) => `${reqId}/expand/checkpoint.json.gz`,
  schema: z.object({
    walk: walkStateSchema,
    /** URLs that were found, each with the number of its source. */
    found: z.array(z.tuple([z.string(), z.number().int().positive()])),
    sources: z.array(sourceReadSchema),
  }),
};
export type ExpandCheckpoint = z.infer<typeof EXPAND_CHECKPOINT.schema>;

/** Reads the environment and builds all that the Expand function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const shared = sharedAdapters("expand", env, env.SHUTDOWN_ARN);
  return {
    ...shared,
    checkpoints: new Checkpoints(shared.s3, env.BUCKET, EXPAND_CHECKPOINT),
    /** This function. */
    expandFunction: new AsyncFunction(shared.lambda, env.AWS_LAMBDA_FUNCTION_NAME),
    distributions: new Distributions(new CloudFrontClient({})),
    ...networkOf(env),
    buckets: new SourceObjects(new S3Client({ followRegionRedirects: true }), env.SOURCE_BUCKETS),
    caps: capsOf(env),
    /** Milliseconds since the epoch. */
    now: Date.now,
  };
}

export type ExpandDeps = ReturnType<typeof buildDeps>;
