import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { Distributions } from "../../aws/distributions.ts";
import { PermitTable } from "../../aws/permit-table.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { ERROR_CACHING_SECONDS } from "../../domain/limits.ts";
import type { PermitStore } from "../../domain/origin/permit-store.ts";
import { allowedDistributionsSchema, isTenantId } from "../../domain/request/distributions.ts";
import { networkOf, networkVariables } from "../../probe/dns.ts";
import { sharedAdapters } from "../adapters.ts";
import { pipelineVariables } from "../runtime.ts";

const environmentSchema = pipelineVariables.extend({
  SHUTDOWN_ARN: nameVariable,
  EXPAND_ARN: nameVariable,
  DISTRIBUTIONS: allowedDistributionsSchema,
  ...networkVariables,
  PREWARM_KEPT_ERROR_SECONDS: z.coerce.number().positive().default(ERROR_CACHING_SECONDS),
});

/** Reads the environment and builds all that the Get Size function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const shared = sharedAdapters("get-size", env, env.SHUTDOWN_ARN);
  return {
    ...shared,
    distributions: new Distributions(new CloudFrontClient({}), {
      tenantIds: env.DISTRIBUTIONS.filter(isTenantId),
      logger: shared.logger,
    }),
    ...networkOf(env),
    /** How long an edge caches an error, in milliseconds. */
    errorCachingMs: env.PREWARM_KEPT_ERROR_SECONDS * 1_000,
    /** @param process the sort key of its heartbeats */
    permits: (process: string): PermitStore => new PermitTable(shared.db, env.PROGRESS_TABLE, process),
    now: Date.now,
    expandFunction: new AsyncFunction(shared.lambda, env.EXPAND_ARN),
    allowed: env.DISTRIBUTIONS,
  };
}

export type GetSizeDeps = ReturnType<typeof buildDeps>;
