import { setTimeout as sleep } from "node:timers/promises";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { Distributions } from "../../aws/distributions.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { capsOf, capVariables } from "../../domain/request/caps.ts";
import { networkOf, networkVariables } from "../../probe/dns.ts";
import { sharedAdapters } from "../adapters.ts";
import { pipelineVariables } from "../runtime.ts";

const environmentSchema = pipelineVariables.extend({
  SHUTDOWN_ARN: nameVariable,
  ...networkVariables,
  ...capVariables,
});

/** Reads the environment and builds all that the Task function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const shared = sharedAdapters("task", env, env.SHUTDOWN_ARN);
  return {
    ...shared,
    distributions: new Distributions(new CloudFrontClient({ maxAttempts: 8 }), { logger: shared.logger }),
    dns: networkOf(env).dns,
    caps: capsOf(env),
    /** Milliseconds since the epoch. */
    now: Date.now,
    sleep: (ms: number) => sleep(ms),
  };
}

export type TaskDeps = ReturnType<typeof buildDeps>;
