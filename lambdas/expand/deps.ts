import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import { AsyncFunction } from "../../aws/async-function.ts";
import { Distributions } from "../../aws/distributions.ts";
import { SourceObjects } from "../../aws/source-objects.ts";
import { listVariable, nameVariable, readEnvironment } from "../../domain/environment.ts";
import { capsOf, capVariables } from "../../domain/request/caps.ts";
import { allowedDistributionsSchema, isTenantId } from "../../domain/request/distributions.ts";
import { networkOf, networkVariables } from "../../probe/dns.ts";
import { sharedAdapters } from "../adapters.ts";
import { pipelineVariables } from "../runtime.ts";

const environmentSchema = pipelineVariables.extend({
  SHUTDOWN_ARN: nameVariable,
  /** The name of this function, which Lambda says. */
  AWS_LAMBDA_FUNCTION_NAME: nameVariable,
  DISTRIBUTIONS: allowedDistributionsSchema,
  SOURCE_BUCKETS: listVariable,
  ...networkVariables,
  ...capVariables,
});

/** Reads the environment and builds all that the Expand function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const shared = sharedAdapters("expand", env, env.SHUTDOWN_ARN);
  return {
    ...shared,
    /** This function. */
    expandFunction: new AsyncFunction(shared.lambda, env.AWS_LAMBDA_FUNCTION_NAME),
    distributions: new Distributions(new CloudFrontClient({}), {
      tenantIds: env.DISTRIBUTIONS.filter(isTenantId),
      logger: shared.logger,
    }),
    ...networkOf(env),
    buckets: new SourceObjects(new S3Client({ followRegionRedirects: true }), env.SOURCE_BUCKETS),
    caps: capsOf(env),
    /** Milliseconds since the epoch. */
    now: Date.now,
  };
}

export type ExpandDeps = ReturnType<typeof buildDeps>;
