import { setTimeout as sleep } from "node:timers/promises";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import { queueClient } from "../../aws/clients.ts";
import { Distributions } from "../../aws/distributions.ts";
import { networkOf, networkVariables } from "../../aws/dns.ts";
import { Fleet } from "../../aws/fleet.ts";
import { Lists } from "../../aws/lists.ts";
import { ResolvedPops } from "../../aws/resolved-pops.ts";
import { TaskQueues } from "../../aws/task-queue.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { capsOf, capVariables } from "../../domain/request/caps.ts";
import { pipelineVariables, sharedAdapters } from "../runtime.ts";

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
    resolvedPops: new ResolvedPops(shared.db, env.PROGRESS_TABLE, shared.onUnreadable),
    lists: new Lists(new S3Client({}), env.BUCKET),
    queue: new TaskQueues(queueClient(), { main: env.QUEUE_URL, express: env.EXPRESS_QUEUE_URL }),
    distributions: new Distributions(new CloudFrontClient({ maxAttempts: 8 })),
    dns: networkOf(env).dns,
    fleet: new Fleet(new AutoScalingClient({}), env.GROUP_NAME),
    caps: capsOf(env),
    /** Milliseconds since the epoch. */
    now: Date.now,
    sleep: (ms: number) => sleep(ms),
  };
}

export type TaskDeps = ReturnType<typeof buildDeps>;
