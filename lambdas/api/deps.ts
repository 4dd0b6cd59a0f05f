import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import * as z from "zod";
import { ClientTokens } from "../../aws/client-tokens.ts";
import { DistributionSettingsReader } from "../../aws/distribution-settings.ts";
import { Distributions } from "../../aws/distributions.ts";
import { Timer } from "../../aws/timer.ts";
import { instanceKind } from "../../domain/cost/prices.ts";
import { listVariable, nameVariable, readEnvironment } from "../../domain/environment.ts";
import { capsOf, capVariables } from "../../domain/request/caps.ts";
import { allowedDistributionsSchema, isTenantId } from "../../domain/request/distributions.ts";
import { networkOf, networkVariables } from "../../probe/dns.ts";
import { sharedAdapters } from "../adapters.ts";
import { pipelineVariables } from "../runtime.ts";

const environmentSchema = pipelineVariables.extend({
  SCHEDULE_GROUP: nameVariable,
  SCHEDULE_ROLE_ARN: nameVariable,
  SHUTDOWN_ARN: nameVariable,
  DISTRIBUTIONS: allowedDistributionsSchema,
  ENV_NAME: nameVariable,
  VERSION: nameVariable,
  INSTANCE_TYPES: listVariable,
  /** Dollars; 0: not configured. */
  SPOT_PRICE_PER_HOUR: z.coerce.number().nonnegative(),
  ON_DEMAND_PERCENT: z.coerce.number().min(0).max(100),
  /** Empty: the API is public. */
  VPC_ENDPOINT: z.string(),
  AWS_REGION: z.string().default(""),
  READ_KEY_ID: nameVariable,
  ...networkVariables,
  ...capVariables,
  SOURCE_BUCKETS: listVariable,
});

/** Reads the environment and builds all that the API function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const shared = sharedAdapters("api", env, env.SHUTDOWN_ARN);
  const instanceTypes = env.INSTANCE_TYPES;
  const cloudFront = new CloudFrontClient({});
  return {
    ...shared,
    distributions: new Distributions(cloudFront, {
      tenantIds: env.DISTRIBUTIONS.filter(isTenantId),
      logger: shared.logger,
    }),
    settings: new DistributionSettingsReader({
      cloudFront,
      waf: (region) => new WAFV2Client({ region }),
      now: Date.now,
      logger: shared.logger,
    }),
    tokens: new ClientTokens(shared.db, env.PROGRESS_TABLE),
    timer: new Timer(new SchedulerClient({}), env.SCHEDULE_GROUP, "timeout"),
    timerTarget: { functionArn: env.SHUTDOWN_ARN, roleArn: env.SCHEDULE_ROLE_ARN },
    /** ID of the API key that allows GET alone. */
    readKeyId: env.READ_KEY_ID,
    allowed: env.DISTRIBUTIONS,
    caps: capsOf(env),
    /** The instance that estimates assume. */
    kind: instanceKind(instanceTypes, env.SPOT_PRICE_PER_HOUR || undefined, env.ON_DEMAND_PERCENT),
    instanceTypes,
    /** As GET /settings returns it. */
    deployment: {
      env_name: env.ENV_NAME,
      region: env.AWS_REGION,
      version: env.VERSION,
      private: env.VPC_ENDPOINT !== "",
    },
    ...networkOf(env),
    /** Only a dry run needs them: an HTTP client and parsers. */
    loadProbes: () => import("./dry-run-probes.ts"),
    sourceBuckets: env.SOURCE_BUCKETS,
    /** Milliseconds since the epoch. */
    now: Date.now,
    newId: (): string => crypto.randomUUID(),
  };
}

export type ApiDeps = ReturnType<typeof buildDeps>;
